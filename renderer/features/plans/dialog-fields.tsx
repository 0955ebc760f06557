import { useEffect } from 'react'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

interface DialogFieldsProps {
  /** The text to type, where a protected context would be written to (UI-ACT-2). */
  readonly guard: string | undefined
  readonly typed: string
  readonly onTyped: (typed: string) => void
  /** `undefined`: no reason is asked for. */
  readonly reason: string | undefined
  readonly onReason: (reason: string) => void
}

/** The first focus is a field, where there is one (UI-ACT-10). */
export function DialogFields({ guard, typed, onTyped, reason, onReason }: DialogFieldsProps) {
  const text = useText()
  if (guard === undefined && reason === undefined) return null
  return (
    <div className="dialog-form">
      {reason !== undefined && (
        <label>
          <span className="form-label">{text('plan.reason')}</span>
          <span className="field">
            <input
              type="text"
              autoFocus
              maxLength={2000}
              value={reason}
              onChange={(event) => onReason(event.target.value)}
            />
          </span>
        </label>
      )}
      {guard !== undefined && (
        <label>
          <span className="form-label">
            {text('dialog.type')} <b className="mono">{guard}</b>
          </span>
          <span className="field">
            <input
              className="mono"
              type="text"
              autoFocus={reason === undefined}
              spellCheck={false}
              autoComplete="off"
              value={typed}
              onChange={(event) => onTyped(event.target.value)}
            />
            {typed === guard && <Icon name="check" className="ink-healthy" />}
          </span>
        </label>
      )}
    </div>
  )
}

/** UI-ACT-10: `⌘↵` confirms; `↵` alone never does. */
export function useConfirmKey(confirm: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      confirm()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}
