// Passkeys: show their buttons where the browser knows them, and say in words when one does not answer.
document.addEventListener('DOMContentLoaded', () => {
  if (!window.PublicKeyCredential) return
  for (const element of document.querySelectorAll('[data-passkey]')) element.hidden = false
})

document.addEventListener('allauth.error', (event) => {
  const message = document.getElementById('passkey-failed')
  if (!message) return
  event.preventDefault()
  message.hidden = false
})
