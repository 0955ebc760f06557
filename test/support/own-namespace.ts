import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { resourcePath, resources } from '#api/resources.ts'
import { aKubectl, type Kubectl } from './kubectl.ts'
import { type RawApi, rawApi } from './raw-api.ts'

/** A new namespace of a real cluster, and ways to it. */
export interface OwnNamespace {
  readonly namespace: string
  /** The current one of the kubeconfig. */
  readonly context: string
  /** Its default namespace is the new one. */
  readonly kubectl: Kubectl
  readonly api: RawApi
  /** The path of a kubeconfig whose users act as that user, or of the one given. */
  readonly kubeconfig: (as?: string) => string
  /** Deletes the namespace, without waiting until it is gone. */
  end(): Promise<void>
}

/** @param path of a kubeconfig whose current context names a cluster with the Rollouts CRDs */
export async function anOwnNamespace(path: string): Promise<OwnNamespace> {
  const namespace = `argosy-test-${randomBytes(4).toString('hex')}`
  const config = parse(readFileSync(path, 'utf8')) as KubeconfigFile
  const kubectl = aKubectl(stringify(inNamespace(config, namespace), { lineWidth: 0 }))
  const proxy = kubectl.start(['proxy', '--port=0', '--reject-paths=^$'])
  const api = rawApi({ url: await addressOf(proxy.printed), headers: {} })
  await api.send('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
  await untilServed(api, `${resourcePath(resources.rollouts, { namespace })}?resourceVersion=0`)
  return {
    namespace,
    context: config['current-context'],
    kubectl,
    api,
    kubeconfig: (as) =>
      as === undefined ? path : kubectl.file(`${as.replaceAll(':', '-')}.yaml`, stringify(actingAs(config, as))),
    async end() {
      await api.send('DELETE', `/api/v1/namespaces/${namespace}`)
      kubectl.end()
    },
  }
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

interface KubeconfigFile {
  readonly 'current-context': string
  readonly contexts: readonly { readonly name: string; readonly context: object }[]
  readonly users: readonly { readonly name: string; readonly user: object }[]
}

/** With another default namespace in the current context. */
const inNamespace = (config: KubeconfigFile, namespace: string): KubeconfigFile => ({
  ...config,
  contexts: config.contexts.map((each) =>
    each.name === config['current-context'] ? { ...each, context: { ...each.context, namespace } } : each,
  ),
})

/** Every user of it in the role of somebody else. */
const actingAs = (config: KubeconfigFile, as: string): KubeconfigFile => ({
  ...config,
  users: config.users.map((each) => ({ ...each, user: { ...each.user, as } })),
})

/** `kubectl proxy` says where it listens once it does. */
export async function addressOf(printed: () => string): Promise<string> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    const address = /127\.0\.0\.1:\d+/.exec(printed())?.[0]
    if (address !== undefined) return `http://${address}`
    await rest(20)
  }
  throw new Error('kubectl proxy does not start')
}

/** A definition that was just installed is listed and written before it can be watched. */
async function untilServed({ send }: RawApi, path: string): Promise<void> {
  for (let waited = 0; (await send('GET', path)).code !== 200; waited += 200) {
    if (waited >= 20_000) throw new Error(`not served: ${path}; argosy crds install adds what is missing`)
    await rest(200)
  }
}
