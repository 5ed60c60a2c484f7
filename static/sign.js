// The page of somebody who is early: it loads again when signing opens. Without it "Check again" does the same.
document.addEventListener('DOMContentLoaded', () => {
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
