import type { ClusterView, EngineMode } from '#contract/views.ts'
import type { IconName } from '../ui/icon-names.ts'
import { formatAge, formatClockSpan } from './duration.ts'
import type { Text } from './text.ts'

type Connection = ClusterView['connection']['state']

/** CSS class of the connection mark. */
const dots: Record<Connection, string> = {
  connecting: 'starting',
  connected: 'live',
  late: 'late',
  unreachable: 'down',
  signInNeeded: 'held',
  forbidden: 'held',
  crdsMissing: 'held',
}

const modeIcons: Record<EngineMode, IconName> = {
  driven: 'helm',
  inCluster: 'hexagon',
  observed: 'eye',
  contested: 'warn',
  snapshot: 'box',
  unknown: 'waiting',
}

const troubleIcons: Record<Connection, IconName> = {
  connecting: 'clock',
  connected: 'healthy',
  late: 'clock',
  unreachable: 'unlink',
  signInNeeded: 'key',
  forbidden: 'lock',
  crdsMissing: 'box',
}

export const troubleIcon = (state: Connection): IconName => troubleIcons[state]

export const connectionDot = (cluster: ClusterView): string =>
  cluster.engine === 'snapshot' ? 'snapshot' : dots[cluster.connection.state]

export const connectionWord = (text: Text, cluster: ClusterView): string =>
  text(`connection.${cluster.connection.state}`)

export const modeIcon = (cluster: ClusterView): IconName =>
  cluster.connection.state === 'unreachable' ? 'unlink' : modeIcons[cluster.engine]

/** Who drives; for a cluster without data, why there is none (UI-P-5). */
export function modeWord(text: Text, cluster: ClusterView): string {
  const { state } = cluster.connection
  if (state === 'connected' || state === 'late') return text(`mode.${cluster.engine}`)
  return connectionWord(text, cluster)
}

/** The second fact of a cluster's line: how late, when the next try is. */
export function connectionNote(text: Text, cluster: ClusterView, now: number): string | undefined {
  const { connection } = cluster
  if (connection.state === 'late') return text('connection.lateBy', { age: formatAge(now - connection.since) })
  if (connection.state === 'unreachable') {
    return text('connection.retryIn', { time: formatClockSpan(connection.retryAt - now, 'up') })
  }
  return undefined
}
