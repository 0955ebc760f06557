import type { ClusterView } from '#contract/views.ts'
import { formatMinute } from '../../format/clock-time.ts'
import { formatAge } from '../../format/duration.ts'
import { failureWords } from '../../format/failure-words.ts'
import { openOverlay } from '../../store/app.ts'
import { showToast } from '../../store/toasts.ts'
import { useApp, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { ClusterTrouble } from './cluster-trouble.tsx'

interface ClusterCardProps {
  readonly cluster: ClusterView
  readonly onClose: () => void
}

/** The facts of one context, and the one thing that can be changed about it: who drives. */
export function ClusterCard({ cluster, onClose }: ClusterCardProps) {
  const text = useText()
  const { connection } = cluster
  const healthy = connection.state === 'connected' || connection.state === 'connecting'
  return (
    <section className="cluster-card" aria-label={cluster.context}>
      <div className="row">
        <h3 className="cut">{cluster.context}</h3>
        <span className="space" />
        <Button small iconOnly kind="ghost" icon="x" label={text('card.close')} onPress={onClose} />
      </div>
      {!healthy && <ClusterTrouble cluster={cluster} />}
      <dl className="facts-list small">
        <Fact name={text('card.server')} value={cluster.server} />
        <Fact name={text('card.user')} value={cluster.user} />
        <Fact name={text('card.version')} value={cluster.version ?? '–'} />
        <LeaseFact cluster={cluster} />
        <RequestFact cluster={cluster} />
      </dl>
      <DriveChoice cluster={cluster} />
      <NativesChoice cluster={cluster} />
    </section>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono cut" title={value}>
        {value}
      </dd>
    </>
  )
}

function LeaseFact({ cluster: { lease } }: { readonly cluster: ClusterView }) {
  const text = useText()
  const words = useTicking((now) =>
    lease === undefined
      ? text('card.noLease')
      : text('card.leaseHeld', { holder: lease.holder, age: formatAge(now - lease.renewedAt) }),
  )
  return <Fact name={text('card.lease')} value={words} />
}

/** SR-6: what became of asking, also after it is over. */
function RequestFact({ cluster: { request } }: { readonly cluster: ClusterView }) {
  const text = useText()
  const isOver = useTicking((now) => request !== undefined && now >= request.until)
  if (request === undefined) return null
  const { by, keptBy, side } = request
  const time = formatMinute(request.until)
  const words =
    keptBy !== undefined
      ? text('ask.card.kept', { by: keptBy })
      : isOver
        ? text('ask.card.expired', { by, time })
        : text(side === 'ours' ? 'ask.card.ours' : 'ask.card.toUs', { by, time })
  return <Fact name={text('ask.card')} value={words} />
}

/** Taking the lease starts this machine's engine there; giving it back leaves every rollout at its present weight. */
function DriveChoice({ cluster }: { readonly cluster: ClusterView }) {
  const app = useApp()
  const text = useText()
  const drives = cluster.engine === 'driven'
  const reachable = cluster.connection.state === 'connected' || cluster.connection.state === 'late'
  const choose = () => openOverlay(app, { kind: 'drive', context: cluster.context, drive: !drives })
  return (
    <div className="row">
      <Button
        small
        icon={drives ? 'rollback' : 'helm'}
        label={`${text(drives ? 'card.handBack' : 'card.drive')}…`}
        offBecause={reachable ? undefined : text('card.driveOff')}
        onPress={choose}
      />
      <span className="faint small cut">{text(drives ? 'card.handBackMeans' : 'card.driveMeans')}</span>
    </div>
  )
}

/** Deployments and StatefulSets beside the Rollouts: two watches more in this cluster. */
function NativesChoice({ cluster: { context, natives } }: { readonly cluster: ClusterView }) {
  const app = useApp()
  const text = useText()
  if (natives === undefined) return null
  const { state, count } = natives
  const isShown = state !== 'hidden'
  const choose = async () => {
    const outcome = await app.bridge.call('workloads.show', { context, shown: !isShown })
    if (outcome.ok) return
    const title = text('toast.nativesRefused', { cluster: context })
    showToast(app.toasts, {
      id: `natives ${context}`,
      tone: 'failed',
      title,
      detail: failureWords(text, outcome.error),
    })
  }
  return (
    <div className="row">
      <Button
        small
        icon="hexagon"
        label={text(isShown ? 'card.hideNatives' : 'card.showNatives')}
        onPress={() => void choose()}
      />
      <span
        className={`small cut ${state === 'forbidden' ? 'ink-paused' : 'faint'}`}
        title={text(`natives.${state}`, { count })}
      >
        {text(`natives.${state}`, { count })}
      </span>
    </div>
  )
}
