import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import type { Failing, Pace } from './use-sending.ts'

interface ActionFormProps {
  readonly several: boolean
  /** The text to type, where a protected context is among the targets. */
  readonly guard: string | undefined
  readonly typed: string
  readonly onTyped: (typed: string) => void
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly pace: Pace
  readonly onPace: (pace: Pace) => void
  readonly failing: Failing
  readonly onFailing: (failing: Failing) => void
}

const paces = ['all', 'two', 'one'] as const
const failings = ['stop', 'goOn'] as const

export function ActionForm(props: ActionFormProps) {
  const text = useText()
  const { several, guard, typed, reason } = props
  return (
    <div className="dialog-form">
      {several && (
        <>
          <div>
            <span className="form-label">{text('dialog.how')}</span>
            <Segments
              label={text('dialog.how')}
              value={props.pace}
              onChange={props.onPace}
              segments={paces.map((value) => ({ value, label: text(`pace.${value}`) }))}
            />
          </div>
          <div>
            <span className="form-label">{text('dialog.ifOneFails')}</span>
            <Segments
              label={text('dialog.ifOneFails')}
              value={props.failing}
              onChange={props.onFailing}
              segments={failings.map((value) => ({ value, label: text(`failing.${value}`) }))}
            />
          </div>
        </>
      )}
      {guard !== undefined && (
        <label>
          <span className="form-label">
            {text('dialog.type')} <b className="mono">{guard}</b>
          </span>
          <span className="field">
            {/* UI-ACT-10: the first focus of a guarded dialog is this field. */}
            <input
              className="mono"
              type="text"
              autoFocus
              spellCheck={false}
              autoComplete="off"
              value={typed}
              onChange={(event) => props.onTyped(event.target.value)}
            />
            {typed === guard && <Icon name="check" className="ink-healthy" />}
          </span>
        </label>
      )}
      <label>
        <span className="form-label">{text('dialog.reason')}</span>
        <span className="field">
          <input type="text" maxLength={2000} value={reason} onChange={(event) => props.onReason(event.target.value)} />
        </span>
      </label>
    </div>
  )
}
