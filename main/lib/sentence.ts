/** A text that others wrote, with a capital at its start and a full stop at its end; empty stays empty. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const ended = /[.!?。]$/.test(trimmed) ? trimmed : `${trimmed}.`
  return `${ended.charAt(0).toUpperCase()}${ended.slice(1)}`
}
