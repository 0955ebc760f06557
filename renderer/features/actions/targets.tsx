import { useStore } from 'zustand'
import type { ActionPreview, ActionResult, RolloutKey, RolloutView } from '#contract/views.ts'
import { driverWords, refusalWords } from '../../format/failure-words.ts'
import { followedEndWords } from '../../format/forecast-words.ts'
import { stepsDone } from '../../format/status-words.ts'
import { formatPercent } from '../../format/weight.ts'
import { RbacRule } from '../../marks/rbac-rule.tsx'
import { StatusMark } from '../../marks/status-mark.tsx'
import { TwoPartBar, WeightBar } from '../../marks/weight-bar.tsx'
import { shareNow } from '../../store/blast-radius.ts'
import { isProtected } from '../../store/send-action.ts'
import { useApp, useLocale, useRollout, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

interface EffectsProps {
  readonly preview: ActionPreview
  readonly result: ActionResult | undefined
}

/** What will happen, most important first; or why it cannot. */
export function Effects({ preview, result }: EffectsProps) {
  const text = useText()
  const refusal = result?.sent === false ? result.refusal : undefined
  const missing = refusal?.kind === 'failed' && refusal.failure.kind === 'Forbidden' ? refusal.failure : undefined
  if (!preview.open) {
    return (
      <p className="dialog-line ink-paused row">
        <Icon name="lock" />
        {preview.reason}
      </p>
    )
  }
  return (
    <ul className="effects">
      {preview.effects.map((effect) => (
        <li key={effect}>
          <Icon name="route" className="faint" />
          {effect}
        </li>
      ))}
      {preview.warnings.map((warning) => (
        <li key={warning} className="ink-paused">
          <Icon name="warn" />
          {warning}
        </li>
      ))}
      {refusal !== undefined && (
        <li className="ink-degraded" role="alert">
          <Icon name="degraded" />
          {text('dialog.refused', { why: refusalWords(text, refusal) })}
        </li>
      )}
      {missing !== undefined && (
        <li className="missing-right">
          <RbacRule failure={missing} />
        </li>
      )}
    </ul>
  )
}

interface TargetTableProps {
  readonly keys: readonly RolloutKey[]
  readonly previews: readonly ActionPreview[]
  readonly chosen: ReadonlySet<RolloutKey>
  readonly onChoose: (chosen: ReadonlySet<RolloutKey>) => void
  readonly results: ReadonlyMap<RolloutKey, ActionResult>
  readonly onAgain: (key: RolloutKey) => void
}

/** One line per cluster. Those that cannot take it stay in the list, unchecked, with their reason (UI-ACT-6). */
export function TargetTable({ keys, previews, chosen, onChoose, results, onAgain }: TargetTableProps) {
  const text = useText()
  const byKey = new Map(previews.map((preview) => [preview.key, preview]))
  const toggle = (key: RolloutKey) => {
    const next = new Set(chosen)
    if (!next.delete(key)) next.add(key)
    onChoose(next)
  }
  return (
    <table className="targets">
      <thead>
        <tr>
          <th>
            <span className="unseen">{text('dialog.send')}</span>
          </th>
          <th>{text('dialog.cluster')}</th>
          <th>{text('dialog.now')}</th>
          <th>{text('blast.column')}</th>
          <th>{text(results.size > 0 ? 'dialog.result' : 'dialog.before')}</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <Target
            key={key}
            rolloutKey={key}
            preview={byKey.get(key)}
            chosen={chosen.has(key)}
            onToggle={() => toggle(key)}
            result={results.get(key)}
            finished={results.size > 0}
            onAgain={() => onAgain(key)}
          />
        ))}
      </tbody>
    </table>
  )
}

interface TargetProps {
  readonly rolloutKey: RolloutKey
  readonly preview: ActionPreview | undefined
  readonly chosen: boolean
  readonly onToggle: () => void
  readonly result: ActionResult | undefined
  readonly finished: boolean
  readonly onAgain: () => void
}

function Target({ rolloutKey, preview, chosen, onToggle, result, finished, onAgain }: TargetProps) {
  const app = useApp()
  const view = useRollout(rolloutKey)
  if (view === undefined) return null
  const open = preview?.open === true
  return (
    <tr className={open ? '' : 'shut'}>
      <td>
        <input
          type="checkbox"
          aria-label={`${view.name}, ${view.context}`}
          checked={chosen}
          disabled={!open || finished}
          onChange={onToggle}
        />
      </td>
      <td>
        <span className="row">
          {isProtected(app, rolloutKey) && <Icon name="lock" className="faint icon-sm" />}
          <b className="cut" title={view.context}>
            {view.context}
          </b>
          <span className="faint cut">{view.name}</span>
        </span>
      </td>
      <td>
        <NowOf view={view} />
      </td>
      <td>
        <ShareAfter view={view} preview={preview} />
      </td>
      <td>
        {result?.sent === true ? (
          <Effect rolloutKey={rolloutKey} />
        ) : (
          <Outcome
            view={view}
            preview={preview}
            result={result}
            finished={finished}
            chosen={chosen}
            onAgain={onAgain}
          />
        )}
      </td>
    </tr>
  )
}

/** Percent of traffic of the wanted version, now and afterwards, and the bar as it is then. */
function ShareAfter({ view, preview }: { readonly view: RolloutView; readonly preview: ActionPreview | undefined }) {
  const text = useText()
  const now = shareNow(view)
  const reach = preview?.open === true ? preview.reach : undefined
  if (now === undefined) return <WeightBar view={view} />
  return (
    <span className="row share-after">
      <span className="num">
        {reach === undefined || reach === now
          ? formatPercent(now)
          : text('blast.change', { from: formatPercent(now), to: formatPercent(reach) })}
      </span>
      <TwoPartBar incoming="canary" current="stable" share={reach ?? now} />
    </span>
  )
}

function NowOf({ view }: { readonly view: RolloutView }) {
  const text = useText()
  return (
    <span className="row">
      <StatusMark view={view} />
      <span className="faint cut num">{stepsDone(text, view) ?? ''}</span>
    </span>
  )
}

/** What became of it after it was accepted (ACT-58). */
function Effect({ rolloutKey }: { readonly rolloutKey: RolloutKey }) {
  const text = useText()
  const { requested } = useApp()
  const isWaiting = useStore(requested, (state) => state.actions.has(rolloutKey))
  const ignored = useStore(requested, (state) => state.notSeen.get(rolloutKey)?.effect)
  if (ignored !== undefined) return <Line icon="warn" ink="ink-paused" words={driverWords(text, ignored)} />
  if (isWaiting) return <Line icon="waiting" ink="faint" words={text('dialog.sent')} />
  return <Line icon="check" ink="ink-healthy" words={text('dialog.acted')} />
}

type OutcomeProps = Pick<TargetProps, 'preview' | 'finished' | 'chosen' | 'onAgain'> & {
  readonly view: RolloutView
  readonly result: Exclude<ActionResult, { readonly sent: true }> | undefined
}

function Outcome({ view, preview, result, finished, chosen, onAgain }: OutcomeProps) {
  const text = useText()
  const locale = useLocale()
  const now = useApp().clock.now()
  if (result !== undefined) {
    return (
      <span className="row">
        <Line icon="degraded" ink="ink-degraded" words={refusalWords(text, result.refusal)} />
        <Button small label={text('dialog.again')} onPress={onAgain} />
      </span>
    )
  }
  if (preview === undefined) return null
  if (!preview.open) return <Line icon="lock" ink="faint" words={preview.reason} />
  if (finished && chosen) return <Line icon="waiting" ink="faint" words={text('dialog.notTried')} />
  const [warning] = preview.warnings
  const follows = preview.follows && followedEndWords(text, preview.follows, view, { now, locale })
  return warning === undefined ? (
    <Line icon="check" ink="ink-healthy" words={follows ?? preview.effects[0] ?? text('dialog.ready')} />
  ) : (
    <Line icon="warn" ink="ink-paused" words={warning} />
  )
}

function Line({
  icon,
  ink,
  words,
}: {
  readonly icon: 'check' | 'degraded' | 'lock' | 'waiting' | 'warn'
  readonly ink: string
  readonly words: string
}) {
  return (
    <span className="row">
      <Icon name={icon} className={`${ink} icon-sm`} />
      <span className="cut small" title={words}>
        {words}
      </span>
    </span>
  )
}
