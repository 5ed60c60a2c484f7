// The live list of a half-day and the code of its room: the part that changes is asked for again every few seconds.
// What is said to screen readers changes only when somebody has signed. Without it there is a link that loads the page.
document.addEventListener('DOMContentLoaded', () => {
  for (const part of document.querySelectorAll('[data-part]')) {
    const said = document.getElementById('figures')
    const again = async () => {
      try {
        const response = await fetch(`${location.pathname}?part=${part.dataset.part}`, { credentials: 'same-origin' })
        if (!response.ok) return
        const text = await response.text()
        const active = document.activeElement
        const inside = part.contains(active) && active.id
        part.innerHTML = text
        if (inside) document.getElementById(inside)?.focus()
        const fresh = part.querySelector('[data-figures]')
        if (said && fresh && said.textContent !== fresh.dataset.figures) said.textContent = fresh.dataset.figures
      } catch {
        // Away from the network: the list stays as it was, and is asked for again.
      }
    }
    setInterval(() => { if (!document.hidden) again() }, Number(part.dataset.every) * 1000)
  }
})
