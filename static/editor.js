// Long texts get buttons for their signs (Markdown), keys for the commonest, and a preview that the server makes.
// Without it there is the field, and the help about signs. Whatever is put in can be undone with Ctrl Z.
document.addEventListener('DOMContentLoaded', () => {
  const template = document.getElementById('editor-tools')
  if (!template) return

  // The old command is the only one that browsers undo; setRangeText is for those without it.
  const put = (field, from, to, text, selected) => {
    field.focus()
    field.setSelectionRange(from, to)
    const done = text ? document.execCommand('insertText', false, text) : from === to || document.execCommand('delete')
    if (!done) {
      field.setRangeText(text, from, to, 'end')
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
    if (selected) field.setSelectionRange(from + selected[0], from + selected[1])
  }

  const wrap = (field, sign) => {
    const { value } = field
    let [from, to] = [field.selectionStart, field.selectionEnd]
    while (from < to && /\s/.test(value[from])) from++
    while (to > from && /\s/.test(value[to - 1])) to--
    const size = sign.length
    const text = value.slice(from, to)
    // One sign is italic, two are bold: of three, one of each can be taken away.
    const run = (where, step) => { let n = 0; while (value[where + n * step] === sign[0]) n++; return n }
    const has = (n) => n === 3 || n === size
    if (text.includes('\n')) {
      // Signs do not reach from one paragraph to the next.
      const each = text.replace(/^(\s*(?:#{1,6} |> |[-*+] |\d+[.)] )?)(\S.*?)(\s*)$/gm, `$1${sign}$2${sign}$3`)
      put(field, from, to, each, [0, each.length])
    } else if (has(run(from - 1, -1)) && has(run(to, 1))) {
      put(field, from - size, to + size, text, [0, text.length])
    } else {
      put(field, from, to, sign + text + sign, [size, size + text.length])
    }
  }

  // The whole lines that the selection touches, each with or without its mark.
  const MARK = /^(#{1,6} |> |[-*+] |\d+[.)] )/
  const KINDS = { heading: [/^#{1,6} /, () => '## '], list: [/^[-*+] /, () => '- '], numbers: [/^\d+[.)] /, (n) => `${n}. `], quote: [/^> /, () => '> '] }
  const lines = (field, kind) => {
    const { value, selectionStart, selectionEnd } = field
    const [mark, made] = KINDS[kind]
    const from = value.lastIndexOf('\n', selectionStart - 1) + 1
    const last = selectionEnd > selectionStart && value[selectionEnd - 1] === '\n' ? selectionEnd - 1 : selectionEnd
    const end = value.indexOf('\n', last)
    const to = end < 0 ? value.length : end
    const old = value.slice(from, to).split('\n')
    const written = old.filter((line) => line.trim())
    const off = written.length > 0 && written.every((line) => mark.test(line))
    let number = 0
    const text = old.map((line) => {
      if (!line.trim() && old.length > 1) return line
      return off ? line.replace(mark, '') : made(++number) + line.replace(MARK, '')
    }).join('\n')
    put(field, from, to, text, old.length > 1 ? [0, text.length] : [text.length, text.length])
  }

  const link = (field) => {
    const text = field.value.slice(field.selectionStart, field.selectionEnd)
    const words = /^(https?:|mailto:)\S+$/.test(text) || !text ? template.dataset.link : text
    const url = words === text || !text ? 'https://' : text
    const at = words === text ? words.length + 3 : 1
    put(field, field.selectionStart, field.selectionEnd, `[${words}](${url})`, [at, at + (words === text ? url : words).length])
  }

  // Enter goes on with a list or a quotation; on an empty entry it ends it.
  const enter = (field) => {
    const { value, selectionStart: at, selectionEnd } = field
    const from = value.lastIndexOf('\n', at - 1) + 1
    const found = /^(\s*)([-*+]|>|(\d+)([.)])) (.*)$/.exec(value.slice(from, at))
    if (at !== selectionEnd || !found) return false
    const [, indent, mark, number, point, words] = found
    if (!words.trim() && !value.slice(at).split('\n')[0].trim()) put(field, from, at, '')
    else put(field, at, at, `\n${indent}${number ? Number(number) + 1 + point : mark} `)
    return true
  }

  const acts = {
    bold: (field) => wrap(field, '**'),
    italic: (field) => wrap(field, '*'),
    link,
    ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, (field) => lines(field, kind)])),
  }

  const preview = (field, button, shown) => {
    let [waiting, asked] = [0, null]
    const show = async () => {
      asked?.abort()
      asked = new AbortController()
      try {
        const body = new URLSearchParams({ text: field.value, language: field.lang, csrfmiddlewaretoken: field.form.csrfmiddlewaretoken.value })
        const response = await fetch(template.dataset.words, { method: 'POST', body, signal: asked.signal, redirect: 'error' })
        if (!response.ok && response.status !== 422) throw new Error(response.status)
        shown.innerHTML = await response.text()
        if (response.ok) shown.lang = field.lang
        else shown.removeAttribute('lang')
      } catch (error) {
        if (error.name !== 'AbortError') shown.textContent = template.dataset.failed
      }
    }
    field.addEventListener('input', () => {
      clearTimeout(waiting)
      if (!shown.hidden) waiting = setTimeout(show, 400)
    })
    // Its links would leave the page.
    shown.addEventListener('click', (event) => { if (event.target.closest('a')) event.preventDefault() })
    return () => {
      shown.hidden = !shown.hidden
      button.setAttribute('aria-expanded', String(!shown.hidden))
      if (!shown.hidden) show()
    }
  }

  for (const field of document.querySelectorAll('textarea[data-editor]')) {
    const made = template.content.cloneNode(true)
    const bar = made.querySelector('[role=toolbar]')
    const shown = made.querySelector('.words')
    const buttons = [...bar.querySelectorAll('button')]
    const called = field.labels[0]?.firstChild.textContent.trim()
    for (const each of [bar, shown]) each.setAttribute('aria-label', `${each.getAttribute('aria-label')} – ${called}`)
    bar.setAttribute('aria-controls', field.id)
    shown.id = `${field.id}_words`
    const last = buttons.at(-1)
    last.setAttribute('aria-controls', shown.id)
    const toggle = preview(field, last, shown)
    // One stop of Tab for all of them; the arrows go from one to the next (ARIA, toolbar).
    const stop = (button) => buttons.forEach((each) => { each.tabIndex = each === button ? 0 : -1 })
    stop(buttons[0])
    bar.addEventListener('focusin', (event) => stop(event.target))
    bar.addEventListener('keydown', (event) => {
      const here = buttons.indexOf(document.activeElement)
      const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key]
      if (next === undefined) return
      event.preventDefault()
      buttons.at(next % buttons.length).focus()
    })
    bar.addEventListener('click', (event) => {
      const button = event.target.closest('button')
      if (button === last) toggle()
      else if (button) acts[button.dataset.do](field)
    })
    field.addEventListener('keydown', (event) => {
      if (event.isComposing || event.altKey || event.shiftKey) return
      const act = (event.ctrlKey || event.metaKey) && { b: acts.bold, i: acts.italic, k: link }[event.key.toLowerCase()]
      if (act) act(field)
      else if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || !enter(field)) return
      event.preventDefault()
      event.stopPropagation()
    })
    field.before(bar)
    field.after(shown)
  }

  // The variables of a message become buttons that put them where one writes. Without it they are read and typed.
  const list = document.querySelector('[data-variables]')
  if (!list) return
  let field = document.querySelector('main textarea')
  document.addEventListener('focusin', (event) => {
    if (event.target.matches('main form textarea, main form input[type=text]')) field = event.target
  })
  for (const name of list.querySelectorAll('dt')) {
    const code = name.parentElement.querySelector('code').textContent
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'link'
    button.title = list.dataset.variables
    button.append(...name.childNodes)
    name.append(button)
    button.addEventListener('click', () => put(field, field.selectionStart, field.selectionEnd, code))
  }
})
