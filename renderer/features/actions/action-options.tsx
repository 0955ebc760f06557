import type { ActionName, ActionPreview, RolloutKey } from '#contract/views.ts'
import type { ActionParameters } from '../../store/app.ts'
import { useText } from '../../store/use-app.ts'
import { Segments } from '../../ui/segments.tsx'
import { ImageFields } from './image-fields.tsx'

interface ActionOptionsProps {
  readonly action: ActionName
  readonly keys: readonly RolloutKey[]
  readonly parameters: ActionParameters
  readonly onChange: (parameters: ActionParameters) => void
}

/** Whether a person has something to choose besides yes or no; not before the first previews are in. */
export function hasOptions(action: ActionName, previews: readonly ActionPreview[] | undefined): boolean {
  if (previews === undefined) return false
  const open = previews.filter((preview) => preview.open)
  switch (action) {
    case 'setImage':
    case 'restart':
      return true
    case 'skipStep':
      return open.length > 0
    case 'abort':
      return open.some(({ intent }) => intent.paused)
    default:
      return false
  }
}

/** What some actions may be told: the same as the options of the command line. */
export function ActionOptions({ action, keys, parameters, onChange }: ActionOptionsProps) {
  const text = useText()
  return (
    <div className="dialog-form">
      {action === 'skipStep' && (
        <Choice
          label={text('option.steps')}
          labels={{ off: text('option.steps.current'), on: text('option.steps.all') }}
          isOn={parameters.allSteps === true}
          onChange={(allSteps) => onChange({ allSteps })}
        />
      )}
      {action === 'abort' && (
        <Choice
          label={text('option.pause')}
          labels={{ off: text('option.pause.stays'), on: text('option.pause.ends') }}
          isOn={parameters.resume === true}
          onChange={(resume) => onChange({ resume })}
        />
      )}
      {action === 'restart' && (
        <label>
          <span className="form-label">{text('option.delay')}</span>
          <span className="field">
            <input
              type="text"
              maxLength={64}
              spellCheck={false}
              autoComplete="off"
              placeholder={text('option.delay.none')}
              value={parameters.delay ?? ''}
              onChange={({ target: { value } }) => onChange(value === '' ? {} : { delay: value })}
            />
          </span>
        </label>
      )}
      {action === 'setImage' && (
        <ImageFields
          rolloutKey={keys[0] ?? ''}
          onImages={(images) => onChange(images === undefined ? {} : { images })}
        />
      )}
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly labels: { readonly off: string; readonly on: string }
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

function Choice({ label, labels, isOn, onChange }: ChoiceProps) {
  return (
    <div>
      <span className="form-label">{label}</span>
      <Segments
        label={label}
        value={isOn ? 'on' : 'off'}
        onChange={(value) => onChange(value === 'on')}
        segments={[
          { value: 'off', label: labels.off },
          { value: 'on', label: labels.on },
        ]}
      />
    </div>
  )
}
