// Ctrl K (⌘ K) goes to the search of the desk, Esc back to where one was. Without it the search is a field like any other.
document.addEventListener('DOMContentLoaded', () => {
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
