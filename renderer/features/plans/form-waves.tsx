import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import {
  FieldFaults,
  type FormParts,
  FormSection,
  InText,
  PlanChoice,
  PlanField,
  PlanTick,
  SelectField,
  TypedField,
} from './form-fields.tsx'
import { labelsOf, type WaveForm } from './plan-text.ts'

interface WavesSectionProps extends FormParts {
  readonly waves: readonly WaveForm[]
}

/** In which order, and what has to be proven before the next. */
export function WavesSection({ waves, ...parts }: WavesSectionProps) {
  const text = useText()
  const add = () =>
    parts.onEdit({ kind: 'add', path: ['waves'], value: { name: text('plan.waveNumber', { wave: waves.length + 1 }) } })
  return (
    <FormSection
      title={text('planEditor.section.waves', { count: waves.length })}
      tools={<Button small kind="ghost" icon="plus" label={text('planEditor.addWave')} onPress={add} />}
    >
      <FieldFaults faults={parts.faults.filter(({ field }) => field === 'waves')} />
      {waves.map((wave, index) => (
        <Wave key={`${index}`} wave={wave} index={index} count={waves.length} {...parts} />
      ))}
    </FormSection>
  )
}

interface WaveProps extends FormParts {
  readonly wave: WaveForm
  readonly index: number
  readonly count: number
}

function Wave({ wave, index, count, ...parts }: WaveProps) {
  const text = useText()
  const at = (name: string) => ['waves', index, name]
  const field = (name: WaveField, usual: string) => (
    <PlanField
      {...parts}
      as="amount"
      label={text(`planEditor.field.${name}`)}
      path={at(name)}
      value={wave.field(name)}
      usual={usual}
    />
  )
  const choice = <const T extends readonly string[]>(
    name: 'gate' | 'order' | 'sync',
    words: T,
    say: (word: T[number]) => string,
  ) => (
    <PlanChoice
      {...parts}
      label={text(`planEditor.field.${name}`)}
      path={at(name)}
      value={wave.field(name)}
      choices={words.map((value) => ({ value, label: say(value) }))}
    />
  )
  return (
    <fieldset className="plan-wave-form plain-set">
      <legend className="unseen">{text('plan.waveNumber', { wave: index + 1 })}</legend>
      <WaveHead wave={wave} index={index} count={count} {...parts} />
      <Select wave={wave} index={index} {...parts} />
      <div className="plan-fields">
        {field('maxConcurrent', '1')}
        {choice('gate', ['none', 'manual', 'analysis', 'fleetVerdict'], (word) =>
          word === 'none' ? text('planEditor.gate.none') : text(`plan.gate.${word}`),
        )}
        {field('minSoak', '0s')}
        {field('firstSoak', '0s')}
        {field('waveSoak', '0s')}
        {field('deadline', '2h')}
        {field('maxFailures', '0')}
        {field('maxUnreachable', '0')}
        {choice('order', ['listed', 'smallestTrafficFirst', 'name'], (word) => text(`planEditor.order.${word}`))}
        {choice('sync', ['none', 'step'], (word) => text(`planEditor.sync.${word}`))}
      </div>
      <InText count={wave.evidenceCount} />
      <FieldFaults faults={parts.faults.filter(({ field: name }) => isElsewhere(name, index))} />
    </fieldset>
  )
}

type WaveField = 'maxConcurrent' | 'minSoak' | 'firstSoak' | 'waveSoak' | 'deadline' | 'maxFailures' | 'maxUnreachable'

/** Faults of a wave that no field of the form shows. */
const isElsewhere = (field: string, index: number): boolean =>
  field === `waves[${index}]` ||
  ['select', 'minEvidence', 'maxEvidenceGap', 'pilot'].some((name) => field.startsWith(`waves[${index}].${name}`))

function WaveHead({ wave, index, count, ...parts }: WaveProps) {
  const text = useText()
  const move = (by: 1 | -1) => parts.onEdit({ kind: 'move', path: ['waves', index], by })
  const name = text('plan.waveNumber', { wave: index + 1 })
  return (
    <div className="row plan-wave-form-head">
      <b className="num">{name}</b>
      <PlanField
        {...parts}
        isBare
        label={text('planEditor.field.name')}
        path={['waves', index, 'name']}
        value={wave.name}
      />
      <PlanTick
        {...parts}
        label={text('plans.rule.pilot')}
        path={['waves', index, 'pilot']}
        isOn={wave.isPilot}
        usual={false}
      />
      <Button
        small
        iconOnly
        kind="ghost"
        icon="promote"
        label={text('planEditor.earlier', { name })}
        offBecause={index === 0 ? text('planEditor.isFirst') : undefined}
        onPress={() => move(-1)}
      />
      <Button
        small
        iconOnly
        kind="ghost"
        icon="chev-d"
        label={text('planEditor.later', { name })}
        offBecause={index === count - 1 ? text('planEditor.isLast') : undefined}
        onPress={() => move(1)}
      />
      <Button
        small
        iconOnly
        kind="ghost"
        icon="x"
        label={text('planEditor.remove', { name })}
        onPress={() => parts.onEdit({ kind: 'remove', path: ['waves', index] })}
      />
    </div>
  )
}

/** Kubernetes labels are written alike in every language. */
const exampleLabels = 'region=eu'

const selects = ['rest', 'contexts', 'labels', 'late'] as const
const emptySelects = {
  rest: undefined,
  contexts: { contexts: [] },
  labels: { matchLabels: {} },
  late: { late: true },
} as const

/** Which members are of the wave: the first wave that wants one has it. */
function Select({ wave: { select }, index, onEdit }: Omit<WaveProps, 'count'>) {
  const text = useText()
  const path = ['waves', index, 'select']
  const listed = (written: string) =>
    written
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  return (
    <div className="plan-select">
      <label className="plan-field">
        <span className="form-label">{text('planEditor.field.select')}</span>
        <SelectField
          value={select.kind}
          choices={selects.map((value) => ({ value, label: text(`planEditor.select.${value}`) }))}
          onChoose={(kind) =>
            onEdit({ kind: 'set', path, value: emptySelects[selects.find((each) => each === kind) ?? 'rest'] })
          }
        />
      </label>
      {select.kind === 'contexts' && (
        <div className="plan-field">
          <span className="form-label">{text('planEditor.field.contexts')}</span>
          <TypedField
            label={text('planEditor.field.contexts')}
            value={select.contexts.join(', ')}
            onType={(written) => onEdit({ kind: 'set', path: [...path, 'contexts'], value: listed(written) })}
          />
        </div>
      )}
      {select.kind === 'labels' && (
        <div className="plan-field">
          <span className="form-label">{text('planEditor.field.labels')}</span>
          <TypedField
            label={text('planEditor.field.labels')}
            placeholder={exampleLabels}
            value={select.labels}
            onType={(written) => onEdit({ kind: 'set', path: [...path, 'matchLabels'], value: labelsOf(written) })}
          />
        </div>
      )}
    </div>
  )
}
