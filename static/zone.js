// The form: offers the time zone of this device, and shows its hours beside those of the cycle.
// Without it the zone is chosen from the list, and the pages after the form show its hours.
document.addEventListener('DOMContentLoaded', () => {
  const box = document.querySelector('[data-zone]')
  if (!box) return
  const list = box.querySelector('select')
  const button = box.querySelector('button')
  const { zone, forYou } = box.dataset
  const times = [...document.querySelectorAll('form time')]
  const shown = (time, name) => new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZone: name
  }).format(new Date(time.dateTime))
  const differs = (name) => times.some((time) => shown(time, name) !== shown(time, zone))
  const show = () => {
    for (const time of times) {
      const own = time.parentElement.querySelector('[data-own]')
      const says = list.value && shown(time, list.value) !== shown(time, zone)
      own.replaceChildren(...(says ? [document.createElement('br'), forYou.replace('{time}', shown(time, list.value))] : []))
    }
  }
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  list.addEventListener('change', show)
  if (!here || list.value || !differs(here)) return
  const known = [...list.options].find((option) => option.value === here)
  const place = known ? known.text : here.split('/').pop().replaceAll('_', ' ')
  button.textContent = button.dataset.words.replace('{zone}', place)
  button.parentElement.hidden = false
  button.addEventListener('click', () => {
    if (!known) list.add(new Option(place, here))
    list.value = here
    button.parentElement.hidden = true
    list.focus()
    show()
  })
})
