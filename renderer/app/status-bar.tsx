import { useStore } from 'zustand'
import type { RolloutView } from '#contract/views.ts'
import { formatTime } from '../format/clock-time.ts'
import { openOverlay } from '../store/app.ts'
import { useApp, useClusters, useFleet, useText, useTicking } from '../store/use-app.ts'
import { Kbd } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

/** Health of the tool itself: facts that were counted, nothing else. */
export function StatusBar({ pendingKey }: { readonly pendingKey: string | undefined }) {
  const app = useApp()
  const text = useText()
  return (
    <footer className="status-bar" data-region>
      <MainConnection />
      <ClusterCounts />
      <Traffic />
      <Trouble />
      <span className="space" />
      {pendingKey !== undefined && (
        <span>
          <Kbd>{pendingKey}</Kbd> {text('keys.second')}
        </span>
      )}
      <UtcClock />
      <button type="button" className="status-button" onClick={() => openOverlay(app, { kind: 'keys' })}>
        <Kbd>?</Kbd> {text('keys.title')}
      </button>
    </footer>
  )
}

function MainConnection() {
  const text = useText()
  const { connection } = useApp()
  const state = useStore(connection, (each) => each.state)
  const info = useStore(connection, (each) => each.info)
  const words = info?.sandbox ? text('bar.sandbox') : text(`bridge.${state}`)
  return (
    <span
      className={state === 'connected' ? '' : 'ink-paused'}
      title={info === undefined ? '' : `Argosy ${info.version}`}
    >
      <Icon name="net" className={state === 'connected' ? 'ink-healthy' : ''} />
      {state === 'connected' ? words : text(`bridge.${state}`)}
    </span>
  )
}

function ClusterCounts() {
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const answering = clusters.filter((cluster) => cluster.connection.state === 'connected').length
  const driven = clusters.filter((cluster) => cluster.engine === 'driven').length
  return (
    <>
      <span>{text('bar.clusters', { answering, count: clusters.length })}</span>
      <span>
        <Icon name="helm" />
        {text('bar.leases', { count: driven })}
      </span>
    </>
  )
}

function Traffic() {
  const text = useText()
  const size = useFleet((state) => state.rollouts.size)
  const native = useFleet((state) => countNative(state.rollouts))
  const objects = useClusters((state) => state.clusters.reduce((sum, each) => sum + each.objectCount, 0))
  const requests = useClusters((state) => state.clusters.reduce((sum, each) => sum + each.requestCount, 0))
  return (
    <>
      <span>{text('bar.rollouts', { count: size - native })}</span>
      {native > 0 && <span className="wide-only">{text('bar.native', { count: native })}</span>}
      <span className="wide-only">{text('bar.cache', { count: objects })}</span>
      <span className="wide-only">{text('bar.requests', { count: requests })}</span>
    </>
  )
}

function countNative(rollouts: ReadonlyMap<string, RolloutView>): number {
  let count = 0
  for (const { kind } of rollouts.values()) if (kind !== undefined) count += 1
  return count
}

function Trouble() {
  const text = useText()
  const late = useClusters((state) => state.clusters.filter((each) => each.connection.state === 'late').length)
  const down = useClusters((state) => state.clusters.filter((each) => each.connection.state === 'unreachable').length)
  const words = [
    late > 0 ? text('bar.late', { count: late }) : undefined,
    down > 0 ? text('bar.unreachable', { count: down }) : undefined,
  ].filter((each) => each !== undefined)
  if (words.length === 0) return null
  return (
    <span className="ink-paused">
      <Icon name="warn" />
      {words.join(', ')}
    </span>
  )
}

function UtcClock() {
  const text = useText()
  const time = useTicking((now) => formatTime(now))
  return <span className="num">{text('bar.clock', { time })}</span>
}
