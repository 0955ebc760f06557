import { useEffect, useRef } from 'react'

/** A key as it is written in maps: `⌘K`, `⇧P`, `Space`, `ArrowLeft`, `?`. `⌘` is Ctrl outside macOS (UI-KEY-5). */
export function keyName(event: KeyboardEvent): string {
  const command = event.metaKey || event.ctrlKey ? '⌘' : ''
  const alt = event.altKey ? '⌥' : ''
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key
  const isLetterOrNamed = event.key.length > 1 || event.key === ' ' || /\p{L}/u.test(event.key)
  const shift = event.shiftKey && isLetterOrNamed ? '⇧' : ''
  return `${command}${alt}${shift}${key}`
}

/** UI-KEY-3: single keys stay out of text fields, and `Space` and `Enter` belong to the control that has focus. */
export function isForControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : undefined
  if (target?.closest('input, textarea, select, [contenteditable="true"]') != null) {
    return !(event.metaKey || event.ctrlKey) && event.key !== 'Escape'
  }
  const isPress = event.key === ' ' || event.key === 'Enter'
  return isPress && target?.closest('button, a, summary, [role="checkbox"]') != null
}

export type Keys = Readonly<Record<string, (() => void) | undefined>>

/** Runs the handler of the pressed key for as long as the component is there. Nothing runs while a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isForControl(event) || document.querySelector('[role="dialog"]') !== null) return
      const run = latest.current[keyName(event)]
      if (run === undefined) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
