import type { Log } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type NamedPrimary, withIstioPrimary } from '#main/cluster/istio-primary.ts'
import type { ContextAccess, KubeconfigContexts } from '#main/cluster/kubeconfig.ts'
import { createRecordedClient } from '#main/cluster/recorded-client.ts'
import { trafficSettingsFor } from '#main/cluster-settings.ts'
import { noRails, railsFor } from '#main/guard-settings.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'
import { createWriteSink, isOfSandbox } from './write-sink.ts'

interface Around {
  readonly namespace: string
  /** The namespaces that count; all when absent. */
  readonly scope: readonly string[] | undefined
  readonly contexts: KubeconfigContexts
  readonly isAround: boolean
}

/** Apart from targets.ts, so that what speaks to clusters is loaded only when there is one to speak to. */
export function openTarget(
  access: ContextAccess,
  { namespace, scope, contexts, isAround }: Around,
  io: Pick<CliIo, 'clock' | 'err' | 'dataFolder'>,
): Target {
  const { clock, err, dataFolder: folder } = io
  const log: Log = (level, message, { cause } = {}) => {
    if (level === 'warn' || level === 'error') err(`argosy: ${access.context}: ${message}: ${String(cause)}`)
  }
  const open = (to: ContextAccess) => {
    const sink = createWriteSink({ kubeconfigs: contexts.files, isAround }, io)
    return createRecordedClient(to, { clock, random: Math.random, ...sink })
  }
  const { istioPrimary, isIstioPrimary: isNamedByOthers } = trafficSettingsFor(access.context, {
    folder,
    log,
  })
  const named = istioPrimary === undefined ? undefined : namedPrimary(istioPrimary, contexts.access(istioPrimary), open)
  const own = open(access)
  const rails = contexts.files.every(isOfSandbox) && !isAround ? noRails : railsFor(access.context, folder)
  const client = withIstioPrimary(own, { named, isNamedByOthers, namespaces: scope, open, log })
  return { context: access.context, namespace, client, whoAmI: own.whoAmI, rails, open, isAround }
}

function namedPrimary(
  context: string,
  access: ContextAccess | undefined,
  open: (to: ContextAccess) => ClusterClient,
): NamedPrimary {
  let client: ClusterClient | undefined
  return {
    context,
    client: () => (access === undefined ? undefined : (client ??= open(access))),
    close: async () => client?.close(),
  }
}
