// Compares a file with what was issued, in this browser: the file is not sent anywhere.
document.addEventListener('DOMContentLoaded', () => {
  const box = document.getElementById('compare')
  if (!box || !window.crypto?.subtle) return
  box.hidden = false
  const field = box.querySelector('input')
  const result = box.querySelector('[role=status]')
  field.addEventListener('change', async () => {
    const file = field.files[0]
    if (!file) return
    result.className = ''
    result.textContent = ''
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const same = hex === box.dataset.sha256
    result.className = same ? 'callout' : 'callout stop'
    result.textContent = same ? box.dataset.same : box.dataset.other
  })
})
