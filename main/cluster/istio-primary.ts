import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient, RequestVerb, WatchEvent } from './client.ts'
import type { ContextAccess } from './kubeconfig.ts'
import type { SigningClient } from './rest.ts'
import { readSecretKubeconfig } from './secret-kubeconfig.ts'

export interface NamedPrimary {
  readonly context: string
  /** Asked for each time, for contexts come and go. */
  readonly client: () => ClusterClient | undefined
  /** Called when nobody needs it here any more. */
  readonly close: () => Promise<void>
}

export interface IstioPrimaryOptions {
  /** What the settings name. */
  readonly named: NamedPrimary | undefined
  /** Other contexts name this one. */
  readonly isNamedByOthers: boolean
  /** Where a Secret may name the primary cluster; `undefined`: anywhere. */
  readonly namespaces?: readonly string[] | undefined
  readonly open: (access: ContextAccess) => ClusterClient
  readonly log: Log
}

const group = 'networking.istio.io'
const marked = 'istio.argoproj.io/primary-cluster=true'

/**
 * A client whose requests for Istio's objects go to the cluster that holds them: the one that the settings name, else the one whose
 * kubeconfig is in a Secret with the label of the reference, else its own (IST-3). It is looked for when Istio is first asked for, once.
 * Where the Secret cannot be used the objects of its own cluster are, as in the reference; but no answer is no reason to write elsewhere.
 */
export function withIstioPrimary(local: SigningClient, options: IstioPrimaryOptions): SigningClient {
  const { named } = options
  let opened: ClusterClient | undefined
  let looking: Promise<Outcome<ClusterClient, Failure>> | undefined
  const lookOnce = (): Promise<Outcome<ClusterClient, Failure>> => {
    looking ??= findPrimary(local, options).then((found) => {
      if (!found.ok) looking = undefined
      else if (found.value !== undefined) opened = options.open(found.value)
      return found.ok ? success(opened ?? local) : found
    })
    return looking
  }
  const clientFor = async (at: { readonly group: string }): Promise<Outcome<ClusterClient, Failure>> =>
    at.group !== group ? success(local) : named === undefined ? lookOnce() : namedOf(local, named)
  const send = async <T>(
    at: { readonly group: string },
    ask: (client: ClusterClient) => Promise<Outcome<T, Failure>>,
  ): Promise<Outcome<T, Failure>> => {
    const client = await clientFor(at)
    return client.ok ? ask(client.value) : client
  }
  return {
    context: local.context,
    server: local.server,
    get requests() {
      return opened === undefined ? local.requests : sum(local.requests, opened.requests)
    },
    get clockOffsetMs() {
      return local.clockOffsetMs
    },
    get istioCluster() {
      return named === undefined ? opened?.server : named.context === local.context ? undefined : named.context
    },
    gateway: local.gateway,
    get: (resource, ...more) => send(resource, (client) => client.get(resource, ...more)),
    list: (resource, ...more) => send(resource, (client) => client.list(resource, ...more)),
    create: (resource, ...more) => send(resource, (client) => client.create(resource, ...more)),
    update: (resource, ...more) => send(resource, (client) => client.update(resource, ...more)),
    patch: (resource, ...more) => send(resource, (client) => client.patch(resource, ...more)),
    delete: (resource, ...more) => send(resource, (client) => client.delete(resource, ...more)),
    evict: (...request) => local.evict(...request),
    raw: (path) => send({ group: path.split('/')[2] ?? '' }, (client) => client.raw(path)),
    watch: (resource, ...more) => watchAt(clientFor(resource), (client) => client.watch(resource, ...more)),
    sharesIstio: async () => {
      const client = await clientFor({ group })
      return options.isNamedByOthers || !client.ok || client.value !== local
    },
    signInAs: (access) => local.signInAs(access),
    close: async () => {
      await Promise.all([local.close(), opened?.close(), named?.close()])
    },
  }
}

async function* watchAt(
  found: Promise<Outcome<ClusterClient, Failure>>,
  watch: (client: ClusterClient) => AsyncIterable<Outcome<WatchEvent, Failure>>,
): AsyncIterable<Outcome<WatchEvent, Failure>> {
  const client = await found
  if (client.ok) yield* watch(client.value)
  else yield client
}

/** What a Secret says of the primary cluster; `undefined` where none says anything that can be used. */
async function findPrimary(
  local: ClusterClient,
  { namespaces, log }: IstioPrimaryOptions,
): Promise<Outcome<ContextAccess | undefined, Failure>> {
  const { context } = local
  for (const namespace of namespaces ?? [undefined]) {
    const secrets = await local.list(resources.secrets, { namespace, labelSelector: marked })
    if (!secrets.ok && isPassing(secrets.error)) return secrets
    if (!secrets.ok) return unused(log, { context, cause: secrets.error.message })
    const [secret] = secrets.value.items
    if (secret === undefined) continue
    const about = { context, namespace: secret.metadata.namespace, secretName: secret.metadata.name }
    const access = readSecretKubeconfig(firstEntry(secret))
    if (!access.ok) return unused(log, { ...about, cause: access.error })
    log('info', 'Istio objects are read and written in another cluster', {
      ...about,
      server: access.value.cluster.server,
    })
    return success(access.value)
  }
  return success(undefined)
}

function unused(log: Log, about: Readonly<Record<string, unknown>>): Outcome<undefined, Failure> {
  log('warn', 'no other cluster is used for Istio objects: what could name one cannot be used', about)
  return success(undefined)
}

/** One entry is meant, under the id of the cluster. */
function firstEntry(secret: object): string {
  const data: unknown = Reflect.get(secret, 'data')
  const [entry] = typeof data === 'object' && data !== null ? Object.values(data) : []
  return typeof entry === 'string' ? Buffer.from(entry, 'base64').toString('utf8') : ''
}

/** It may be answered when it is asked again. */
const isPassing = ({ kind }: Failure): boolean =>
  ['Unreachable', 'Throttled', 'ServerError', 'Unauthorized'].includes(kind)

function namedOf(local: ClusterClient, named: NamedPrimary): Outcome<ClusterClient, Failure> {
  const client = named.client()
  if (client !== undefined) return success(client)
  const message = `The settings name "${named.context}" as the cluster that holds the Istio objects of "${local.context}", and no kubeconfig has that context. Correct traffic.istioPrimary in clusters.json, or add the context.`
  return failure({ kind: 'Invalid', message, causes: [] })
}

const sum = (
  one: Readonly<Record<RequestVerb, number>>,
  other: Readonly<Record<RequestVerb, number>>,
): Readonly<Record<RequestVerb, number>> => ({
  get: one.get + other.get,
  list: one.list + other.list,
  watch: one.watch + other.watch,
  create: one.create + other.create,
  update: one.update + other.update,
  patch: one.patch + other.patch,
  delete: one.delete + other.delete,
})
