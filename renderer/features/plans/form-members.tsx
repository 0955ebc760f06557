import { useMemo, useState } from 'react'
import type { RolloutView } from '#contract/views.ts'
import { useFleet, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { contextsList, FieldFaults, type FormParts, FormSection, PlanField, TypedField } from './form-fields.tsx'
import type { MemberForm, PlanEdit } from './plan-text.ts'
import { faultsAt } from './use-check.ts'

interface MembersSectionProps extends FormParts {
  readonly members: readonly MemberForm[]
}

/** Which rollouts take part. */
export function MembersSection({ members, ...parts }: MembersSectionProps) {
  const text = useText()
  const { faults, onEdit } = parts
  return (
    <FormSection
      title={text('planEditor.section.members', { count: members.length })}
      tools={
        <Button
          small
          kind="ghost"
          icon="plus"
          label={text('planEditor.addMember')}
          onPress={() => onEdit({ kind: 'add', path: ['members'], value: { context: '', namespace: '', rollout: '' } })}
        />
      }
    >
      <FieldFaults faults={faultsAt(faults, 'members')} />
      {members.length > 0 && (
        <div className="plan-member-head small faint" aria-hidden>
          <span>{text('plans.column.cluster')}</span>
          <span>{text('planEditor.field.namespace')}</span>
          <span>{text('planEditor.field.rollout')}</span>
          <span>{text('planEditor.field.share')}</span>
        </div>
      )}
      {members.map((member, index) => (
        <Member key={`${index}`} member={member} index={index} {...parts} />
      ))}
      <AddApplication members={members} {...parts} />
    </FormSection>
  )
}

function Member({ member, index, ...parts }: FormParts & { readonly member: MemberForm; readonly index: number }) {
  const text = useText()
  const at = (name: string) => ['members', index, name]
  return (
    <div className="plan-member-row">
      <PlanField
        {...parts}
        isBare
        label={text('plans.column.cluster')}
        path={at('context')}
        value={member.context}
        list={contextsList}
      />
      <PlanField
        {...parts}
        isBare
        label={text('planEditor.field.namespace')}
        path={at('namespace')}
        value={member.namespace}
      />
      <PlanField
        {...parts}
        isBare
        label={text('planEditor.field.rollout')}
        path={at('rollout')}
        value={member.rollout}
      />
      <PlanField
        {...parts}
        isBare
        as="amount"
        label={text('planEditor.field.share')}
        path={at('trafficShare')}
        value={member.trafficShare}
        usual="–"
      />
      <Button
        small
        iconOnly
        kind="ghost"
        icon="x"
        label={text('planEditor.remove', { name: member.context })}
        onPress={() => parts.onEdit({ kind: 'remove', path: ['members', index] })}
      />
      <FieldFaults faults={faultsAt(parts.faults, `members[${index}]`)} />
    </div>
  )
}

/** All rollouts of one application that do not take part yet, in every cluster that has it. */
function AddApplication({ members, onEdit }: MembersSectionProps) {
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const [name, setName] = useState('')
  const byApp = useMemo(() => applications(rollouts.values()), [rollouts])
  const taken = new Set(members.map(({ context, namespace, rollout }) => `${context} ${namespace}/${rollout}`))
  const views = (byApp.get(name.trim()) ?? []).filter(
    (view) => !taken.has(`${view.context} ${view.namespace}/${view.name}`),
  )
  const add = () => {
    onEdit(
      ...views.map(
        ({ context, namespace, name: rollout }): PlanEdit => ({
          kind: 'add',
          path: ['members'],
          value: { context, namespace, rollout },
        }),
      ),
    )
    setName('')
  }
  return (
    <div className="row">
      <datalist id="plan-applications">
        {[...byApp.keys()].map((app) => (
          <option key={app}>{app}</option>
        ))}
      </datalist>
      <TypedField
        label={text('planEditor.field.application')}
        placeholder={text('planEditor.field.application')}
        value={name}
        list="plan-applications"
        onType={setName}
        onEnter={add}
      />
      <Button
        small
        icon="plus"
        label={
          views.length === 0
            ? text('planEditor.addRollouts')
            : text('planEditor.addApplication', { count: views.length })
        }
        offBecause={views.length === 0 ? text('planEditor.nameApplication') : undefined}
        onPress={add}
      />
    </div>
  )
}

function applications(views: Iterable<RolloutView>): ReadonlyMap<string, readonly RolloutView[]> {
  const found = new Map<string, RolloutView[]>()
  for (const view of views) {
    if (view.kind !== undefined) continue
    const app = `${view.namespace}/${view.name}`
    const those = found.get(app)
    if (those === undefined) found.set(app, [view])
    else those.push(view)
  }
  return found
}
