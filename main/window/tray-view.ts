import { fleetAddress, rolloutAddress } from '#contract/addresses.ts'
import type { QueueEntry } from '#contract/attention.ts'
import type { ConnectionState, ShownStatus } from '#contract/views.ts'

/** What the tray shows. */
export interface TrayView {
  readonly count: number
  readonly tooltip: string
  readonly items: readonly { readonly label: string; readonly address: string }[]
  /** The items that have no line of their own. */
  readonly more: string | undefined
}

const itemsMax = 10
/** Menus are as wide as their widest line. */
const nameMax = 60

const states: Partial<Record<ShownStatus, string>> = {
  Degraded: 'degraded',
  Inconclusive: 'inconclusive',
  Aborted: 'aborted',
  Paused: 'waits for you',
}

const troubles: Partial<Record<ConnectionState['state'], string>> = {
  signInNeeded: 'sign in',
  forbidden: 'access denied',
  crdsMissing: 'definitions missing',
}

/** @param entries most urgent first */
export function trayView(entries: readonly QueueEntry[]): TrayView {
  const rest = entries.length - itemsMax
  return {
    count: entries.length,
    tooltip:
      entries.length === 0
        ? 'Argosy: nothing needs you'
        : `Argosy: ${entries.length} ${entries.length === 1 ? 'thing needs' : 'things need'} you`,
    items: entries.slice(0, itemsMax).map(itemOf),
    more: rest > 0 ? `and ${rest} more` : undefined,
  }
}

function itemOf(entry: QueueEntry): TrayView['items'][number] {
  if (entry.kind === 'cluster') {
    const { context, connection } = entry.cluster
    return { label: `${short(context)}: ${troubles[connection.state] ?? connection.state}`, address: fleetAddress }
  }
  const { name, context, status } = entry.view
  const state = entry.kind === 'drift' ? 'another version than elsewhere' : (states[status] ?? status)
  return { label: `${short(name)} in ${short(context)}: ${state}`, address: rolloutAddress(entry.key) }
}

/** Both ends of a long name tell most: contexts of clouds begin alike and end in the name of the cluster. */
const short = (name: string): string =>
  name.length <= nameMax ? name : `${name.slice(0, nameMax / 2 - 1)}…${name.slice(-nameMax / 2)}`

/** Whether a window at this address shows what is told of that page: the fleet page has everything that waits. */
export function isShownAt(hash: string, address: string): boolean {
  const page = hash === '' || hash === '#' || hash === '#/' ? fleetAddress : hash
  return page === fleetAddress || page === address
}
