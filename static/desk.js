// Ctrl K (⌘ K) goes to the search of the desk, Esc back to where one was. Without it the search is a field like any other.
document.addEventListener('DOMContentLoaded', () => {
  // On a narrow screen tabs stand in one row: the one that is open is in sight.
  const tab = document.querySelector('.tabs [aria-current]')
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40
  const field = document.getElementById('desk-search')
  if (!field) return
  let before = null
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      if (document.activeElement !== field) before = document.activeElement
      field.focus()
      field.select()
    } else if (event.key === 'Escape' && document.activeElement === field) {
      field.blur()
      if (before && before !== document.body) before.focus()
    }
  })
})

// What was written is not lost by a slip: leaving asks, unless the form itself was sent.
let written = null
document.addEventListener('input', (event) => {
  const form = event.target.closest('main form[method=post]')
  if (form) written = form
  // Who writes the other day of a date means to hold it there.
  const keep = /-to$/.test(event.target.name) && form.elements[event.target.name.replace(/to$/, 'choice')]
  if (keep && keep.value === 'keep' && event.target.value) keep.value = 'move'
})
document.addEventListener('submit', (event) => { if (event.target === written) written = null })
window.addEventListener('beforeunload', (event) => { if (written) event.preventDefault() })
