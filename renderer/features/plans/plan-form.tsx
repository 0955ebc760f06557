import { useMemo } from 'react'
import { useClusters, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { ChangeSection } from './form-change.tsx'
import {
  contextsList,
  FieldFaults,
  type FormParts,
  FormSection,
  InText,
  PlanChoice,
  PlanField,
  PlanTick,
} from './form-fields.tsx'
import { MembersSection } from './form-members.tsx'
import { WavesSection } from './form-waves.tsx'
import { type BrokenText, isBroken, type PlanForm } from './plan-text.ts'
import { faultsAt } from './use-check.ts'

interface PlanFormPaneProps extends FormParts {
  readonly form: PlanForm | BrokenText
}

/** The same plan as the text beside it, field by field. */
export function PlanFormPane({ form, ...parts }: PlanFormPaneProps) {
  const text = useText()
  return (
    <section className="panel plan-form" data-region aria-label={text('planEditor.pane.form')}>
      <div className="panel-head">
        <h2>{text('planEditor.pane.form')}</h2>
        <span className="sub cut">{text('planEditor.formSub')}</span>
      </div>
      {isBroken(form) ? <Broken broken={form} /> : <Form form={form} {...parts} />}
    </section>
  )
}

function Broken({ broken: { line, message } }: { readonly broken: BrokenText }) {
  const text = useText()
  return (
    <p className="plan-side-none row" role="alert">
      <Icon name="degraded" className="ink-degraded" />
      <span className="prose">{text('planEditor.broken', { line, message })}</span>
    </p>
  )
}

function Form({ form, ...parts }: PlanFormPaneProps & { readonly form: PlanForm }) {
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const contexts = useMemo(() => clusters.map(({ context }) => context), [clusters])
  return (
    <div className="plan-form-body scroll">
      <datalist id={contextsList}>
        {contexts.map((context) => (
          <option key={context}>{context}</option>
        ))}
      </datalist>
      <FormSection title={text('planEditor.section.plan')}>
        <FieldFaults faults={faultsAt(parts.faults, '')} />
        <div className="plan-fields">
          <PlanField {...parts} label={text('planEditor.field.name')} path={['name']} value={form.name} />
          <PlanField
            {...parts}
            label={text('planEditor.field.homeContext')}
            path={['home', 'context']}
            value={form.home.context}
            list={contextsList}
          />
          <PlanField
            {...parts}
            label={text('planEditor.field.homeNamespace')}
            path={['home', 'namespace']}
            value={form.home.namespace}
          />
        </div>
      </FormSection>
      <ChangeSection change={form.change} {...parts} />
      <MembersSection members={form.members} {...parts} />
      <WavesSection waves={form.waves} {...parts} />
      <Policy form={form} {...parts} />
    </div>
  )
}

/** What holds for the whole plan: failures, unreachable clusters, caps. */
function Policy({ form, ...parts }: FormParts & { readonly form: PlanForm }) {
  const text = useText()
  const wordChoices = <const T extends readonly string[]>(words: T, say: (word: T[number]) => string) =>
    words.map((value) => ({ value, label: say(value) }))
  return (
    <FormSection title={text('planEditor.section.policy')}>
      <div className="plan-fields">
        <PlanChoice
          {...parts}
          label={text('planEditor.field.onBreach')}
          path={['onBreach']}
          value={form.field('onBreach')}
          choices={wordChoices(['hold', 'abortInFlight', 'rollbackWave', 'rollbackAll'], (word) =>
            text(`planEditor.onBreach.${word}`),
          )}
        />
        <PlanChoice
          {...parts}
          label={text('planEditor.field.unreachable')}
          path={['unreachable']}
          value={form.field('unreachable')}
          choices={wordChoices(['wait', 'skip', 'fail'], (word) => text(`planEditor.unreachable.${word}`))}
        />
        <PlanChoice
          {...parts}
          label={text('planEditor.field.joinPolicy')}
          path={['joinPolicy']}
          value={form.field('joinPolicy')}
          choices={wordChoices(['ignore', 'catchUp'], (word) => text(`planEditor.joinPolicy.${word}`))}
        />
        <PlanChoice
          {...parts}
          label={text('planEditor.field.parking')}
          path={['parking']}
          value={form.field('parking')}
          choices={[
            { value: '', label: text('planEditor.parking.none') },
            ...wordChoices(['freeze', 'abort', 'requireInClusterController'], (word) =>
              text(`planEditor.parking.${word}`),
            ),
          ]}
        />
        <PlanField
          {...parts}
          label={text('planEditor.field.unreachableAfter')}
          path={['unreachableAfter']}
          value={form.field('unreachableAfter')}
          usual="5m"
          as="amount"
        />
        <PlanField
          {...parts}
          label={text('planEditor.field.maxTrafficShare')}
          path={['maxTrafficShare']}
          value={form.field('maxTrafficShare')}
          usual={text('planEditor.noCap')}
          as="amount"
        />
        <PlanField
          {...parts}
          label={text('planEditor.field.maxClustersUnproven')}
          path={['maxClustersUnproven']}
          value={form.field('maxClustersUnproven')}
          usual={text('planEditor.noCap')}
          as="amount"
        />
        <PlanField
          {...parts}
          label={text('planEditor.field.maxErrorBudgetMinutes')}
          path={['maxErrorBudgetMinutes']}
          value={form.field('maxErrorBudgetMinutes')}
          usual={text('planEditor.noCap')}
          as="amount"
        />
        <PlanField
          {...parts}
          label={text('planEditor.field.intentTTL')}
          path={['intentTTL']}
          value={form.field('intentTTL')}
          usual="15m"
          as="amount"
        />
      </div>
      <PlanTick
        {...parts}
        label={text('planEditor.field.correlated')}
        path={['holdOnCorrelatedFailure']}
        isOn={form.field('holdOnCorrelatedFailure') !== 'false'}
        usual
      />
      <InText count={form.windowCount} />
      <FieldFaults faults={parts.faults.filter(({ field }) => /^(windows|rollback)\b/.test(field))} />
    </FormSection>
  )
}
