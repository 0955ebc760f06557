import type { PlanMemberView, PlanView, PlanWaveView } from '#contract/plan-views.ts'
import { formatDuration } from '../../format/duration.ts'
import { retryShut, skipShut } from '../../format/plan-wishes.ts'
import { personOf } from '../../format/plan-words.ts'
import type { Text } from '../../format/text.ts'
import { formatPercent } from '../../format/weight.ts'
import { Age } from '../../marks/ages.tsx'
import { wishOf } from '../../marks/plan-buttons.tsx'
import {
  MemberAway,
  MemberBake,
  MemberBar,
  MemberState,
  stepsOf,
  WaveBake,
  WaveState,
} from '../../marks/plan-marks.tsx'
import { hrefOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'

interface MemberTableProps {
  readonly plan: PlanView
  /** When it was last told. */
  readonly at: number
}

/** Every wave with what it asks for, and its members in their order. */
export function MemberTable({ plan, at }: MemberTableProps) {
  const text = useText()
  return (
    <section className="panel plan-members" data-region aria-label={text('plans.members')}>
      <div className="plan-members-scroll scroll" tabIndex={0} role="region" aria-label={text('plans.members')}>
        <table>
          <thead>
            <tr>
              <th>{text('plans.column.cluster')}</th>
              <th>{text('plans.column.state')}</th>
              <th>{text('plans.column.progress')}</th>
              <th title={text('plans.column.shareWhy')}>{text('plans.column.share')}</th>
              <th>{text('plans.column.since')}</th>
              <th>{text('plans.column.why')}</th>
            </tr>
          </thead>
          {plan.waveViews.map((wave, index) => (
            <tbody key={`${index} ${wave.name}`}>
              <WaveRow wave={wave} number={index + 1} at={at} />
              {wave.members.map((member) => (
                <MemberRow key={member.id} plan={plan} member={member} at={at} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  )
}

function WaveRow({ wave, number, at }: { readonly wave: PlanWaveView; readonly number: number; readonly at: number }) {
  const text = useText()
  const { opened } = wave
  return (
    <tr className="wave-row">
      <th scope="rowgroup" colSpan={6}>
        <span className="row">
          <b>{text('plan.waveNumber', { wave: number })}</b>
          <span className="cut" title={wave.name}>
            {wave.name}
          </span>
          <WaveState wave={wave} />
          <WaveBake wave={wave} at={at} />
          <span className="dim plain num cut" title={rules(text, wave)}>
            {rules(text, wave)}
          </span>
          <span className="space" />
          {opened !== undefined && (
            <span className="dim plain cut" title={opened.reason}>
              {text('plans.opened', { who: personOf(opened.by), why: opened.reason })}
            </span>
          )}
          {wave.failedCount > 0 && (
            <span className="ink-degraded num">
              {text('plan.failed', { count: wave.failedCount, most: wave.maxFailures })}
            </span>
          )}
          {wave.isLate === true && wave.memberCount === 0 ? (
            <span className="faint plain cut">{text('plan.late')}</span>
          ) : (
            <span className="num plain">{text('plan.done', { done: wave.doneCount, count: wave.memberCount })}</span>
          )}
        </span>
      </th>
    </tr>
  )
}

/** What the wave asks for, in a line: `pilot, 1 at a time, bakes 10 min each, 30 min after the last, gate: manual`. */
function rules(text: Text, wave: PlanWaveView): string {
  return [
    wave.pilot ? text('plans.rule.pilot') : undefined,
    text('plan.pace', { amount: wave.maxConcurrent }),
    wave.sync === 'step' ? text('plans.rule.sync') : undefined,
    wave.minSoakMs > 0 ? text('plans.rule.bakeEach', { time: formatDuration(wave.minSoakMs) }) : undefined,
    wave.waveSoakMs > 0 ? text('plans.rule.bakeAfter', { time: formatDuration(wave.waveSoakMs) }) : undefined,
    wave.gate === 'none' ? undefined : text('plans.rule.gate', { gate: text(`plan.gate.${wave.gate}`) }),
  ]
    .filter((rule) => rule !== undefined)
    .join(', ')
}

interface MemberRowProps {
  readonly plan: PlanView
  readonly member: PlanMemberView
  readonly at: number
}

function MemberRow({ plan, member, at }: MemberRowProps) {
  const text = useText()
  const steps = stepsOf(member)
  return (
    <tr>
      <td>
        <MemberLink member={member} />
      </td>
      <td>
        <MemberState member={member} />
      </td>
      <td>
        <span className="row plan-progress">
          <MemberBar member={member} />
          <span className="num faint">{steps ?? '–'}</span>
        </span>
      </td>
      <td className="num">{formatPercent(member.trafficShare)}</td>
      <td>
        <Age since={member.since} className="faint" />
      </td>
      <td>
        <span className="row">
          <MemberAway member={member} />
          {member.soak !== undefined && <MemberBake member={member} at={at} />}
          {member.sent !== undefined && (
            <span className="faint cut">
              {text('plans.sent', { act: text(`plan.act.${actOf(member.sent.kind)}`) })}
            </span>
          )}
          {member.reason !== undefined && (
            <span className="cut" title={member.reason}>
              {member.reason}
            </span>
          )}
          <span className="space" />
          <MemberButtons plan={plan} member={member} />
        </span>
      </td>
    </tr>
  )
}

function MemberLink({ member }: { readonly member: PlanMemberView }) {
  return (
    <a className="row plan-member" href={hrefOf({ page: 'rollout', key: member.key })} title={member.id}>
      <b className="cut">{member.context}</b>
      <span className="faint cut">{`${member.namespace}/${member.rollout}`}</span>
    </a>
  )
}

const acts = [
  'mark',
  'setImage',
  'undo',
  'promote',
  'abort',
  'rollback',
  'promoteFull',
  'stop',
  'release',
  'retry',
  'jump',
] as const
/** What was sent, by its name where it has one. */
const actOf = (kind: string): (typeof acts)[number] => acts.find((act) => act === kind) ?? 'mark'

/** What helps a member that stands still; nothing on those that go their way. */
function MemberButtons({ plan, member }: Pick<MemberRowProps, 'plan' | 'member'>) {
  const app = useApp()
  const text = useText()
  if (skipShut(text, plan, member) !== undefined) return null
  return (
    <>
      {retryShut(text, plan, member) === undefined && (
        <Button
          small
          icon="retry"
          label={text('plans.retry')}
          onPress={() => wishOf(app, plan, { kind: 'retry', member: member.id })}
        />
      )}
      <Button
        small
        iconOnly
        kind="ghost"
        icon="skip"
        label={text('plans.skip')}
        onPress={() => wishOf(app, plan, { kind: 'skip', member: member.id })}
      />
    </>
  )
}
