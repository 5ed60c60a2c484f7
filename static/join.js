// The waiting room: counts down, announces politely, and lets the button work when the room opens.
// Without it the button works all the same: the server says whether the room is open.
document.addEventListener('DOMContentLoaded', () => {
  // A room whose address is not there yet: asked for every half minute, as a visitor would.
  const waiting = document.querySelector('form[data-again]')
  if (waiting) {
    const asking = setInterval(async () => {
      const answer = await fetch(location.href).catch(() => null)
      if (!answer?.ok || !(await answer.text()).includes('data-door="open"')) return
      clearInterval(asking)
      const button = waiting.querySelector('button')
      button.textContent = waiting.dataset.ready
      button.classList.remove('quiet')
      document.getElementById('door-status').textContent = waiting.dataset.open
    }, 30000)
  }
  const form = document.querySelector('form[data-opens-in]')
  if (!form) return
  const button = form.querySelector('button')
  const status = document.getElementById('door-status')
  const timer = document.getElementById('door-timer')
  const words = form.dataset
  // Only the time that passes here counts: the clock of this machine may be wrong.
  const loaded = Date.now()
  const left = () => Math.ceil(Number(words.opensIn) - (Date.now() - loaded) / 1000)
  let announced = null
  let ticking = 0

  const say = (text) => { if (status.textContent !== text) status.textContent = text }
  const minutesIn = (seconds) => {
    // Further away than an hour the day says more than a number, and stays true while the page is open.
    if (seconds > 3600) return words.far
    const minutes = Math.ceil(seconds / 60)
    return (minutes === 1 ? words.minute : words.minutes).replace('{n}', minutes)
  }
  const open = () => {
    clearInterval(ticking)
    button.removeAttribute('aria-disabled')
    button.classList.remove('quiet')
    button.textContent = words.ready
    timer.hidden = true
    say(words.open)
  }
  const tick = () => {
    const seconds = left()
    if (seconds <= 0) return open()
    timer.hidden = seconds > 3600
    const rest = String(seconds % 60).padStart(2, '0')
    timer.textContent = `${Math.floor(seconds / 60)}:${rest}`
    // A reader of the screen hears it at these moments only.
    const step = [60, 300, 600, 3600].find((limit) => seconds <= limit)
    if (step !== announced) {
      announced = step
      say(minutesIn(seconds))
    }
  }
  form.addEventListener('submit', (event) => {
    const seconds = left()
    if (seconds <= 0) return
    event.preventDefault()
    status.textContent = ''
    say(minutesIn(seconds))
  })
  button.setAttribute('aria-disabled', 'true')
  announced = undefined
  say(minutesIn(left()))
  tick()
  ticking = setInterval(tick, 1000)
})
