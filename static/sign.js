// The page of somebody who is early: it loads again when signing opens. Without it "Check again" does the same.
// The page of somebody who signs: without a network it says so, in place of the browser's own page.
document.addEventListener('DOMContentLoaded', () => {
  const form = document.querySelector('form[data-offline]')
  form?.addEventListener('submit', event => {
    if (navigator.onLine) return
    event.preventDefault()
    const notice = document.getElementById(form.dataset.offline)
    notice.hidden = false
    notice.focus()
  })
  const box = document.querySelector('[data-opens-in]')
  if (!box) return
  const loaded = Date.now()
  const look = () => {
    const left = Number(box.dataset.opensIn) * 1000 - (Date.now() - loaded)
    if (left <= 0) return location.reload()
    setTimeout(look, Math.min(left + 500, 30000))
  }
  look()
})
