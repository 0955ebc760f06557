import { sentence } from '#lib/sentence.ts'
import { useFleet, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Guarded, Rails } from './guard-needs.ts'
import './guard-form.css'

interface GuardFormProps {
  readonly rails: Rails
  readonly previews: readonly Guarded[]
  readonly given: { readonly again: boolean; readonly breakGlass: boolean }
  readonly onGiven: (given: { readonly again: boolean; readonly breakGlass: boolean }) => void
}

/** What stands in the way, in which clusters, and the confirmations that it takes. */
export function GuardForm({ rails, previews, given, onGiven }: GuardFormProps) {
  const text = useText()
  if (!rails.isClosed && !rails.needsAgain && !rails.needsReason) return null
  return (
    <div className="guard-form" role="group" aria-label={text('guard.title')}>
      {(rails.isClosed || rails.needsReason) && (
        <ul>
          {previews.map((preview) => (
            <Hindrances key={preview.key} preview={preview} named={previews.length > 1} />
          ))}
        </ul>
      )}
      {rails.isClosed && (
        <Confirmation
          label={text('guard.breakGlass')}
          checked={given.breakGlass}
          onChange={(breakGlass) => onGiven({ ...given, breakGlass })}
        />
      )}
      {rails.needsAgain && (
        <Confirmation
          label={text('guard.again')}
          checked={given.again}
          onChange={(again) => onGiven({ ...given, again })}
        />
      )}
    </div>
  )
}

function Hindrances({ preview, named }: { readonly preview: Guarded; readonly named: boolean }) {
  const context = useFleet((state) => state.rollouts.get(preview.key)?.context ?? '')
  const { closed, reasonFor } = preview.guard ?? {}
  return (
    <>
      {closed !== undefined && <Hindrance icon="lock" context={named ? context : ''} why={closed.why} />}
      {reasonFor !== undefined && <Hindrance icon="warn" context={named ? context : ''} why={reasonFor} />}
    </>
  )
}

interface HindranceProps {
  readonly icon: 'lock' | 'warn'
  /** Empty where there is only one. */
  readonly context: string
  readonly why: string
}

const Hindrance = ({ icon, context, why }: HindranceProps) => (
  <li className="ink-paused">
    <Icon name={icon} className="icon-sm" />
    <span>
      {context !== '' && <b>{context} </b>}
      {sentence(why)}
    </span>
  </li>
)

interface ConfirmationProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Confirmation({ label, checked, onChange }: ConfirmationProps) {
  return (
    <label className="guard-confirm">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  )
}
