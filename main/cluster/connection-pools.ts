import type { Dispatcher } from 'undici'
import { type Outcome, success } from '#lib/outcome.ts'
import type { Credential } from './credentials.ts'
import { createDispatcher } from './dispatcher.ts'
import type { ClusterEntry } from './kubeconfig-file.ts'

/** Connection pools by TLS identity. The former one is closed as soon as its last request has ended. */
export function createPools(cluster: ClusterEntry, env: Readonly<Record<string, string | undefined>>) {
  let current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined
  const retire = (): void => {
    // Closing waits for open watches; it can only fail when the pool is closed already.
    current?.dispatcher.close().catch(() => undefined)
    current = undefined
  }
  return {
    retire,
    poolFor(tls: Credential['tls']): Outcome<Dispatcher, string> {
      const key = JSON.stringify(tls)
      if (current?.key === key) return success(current.dispatcher)
      retire()
      const created = createDispatcher(cluster, tls, env)
      if (created.ok) current = { key, dispatcher: created.value }
      return created
    },
    async close() {
      const last = current
      current = undefined
      await last?.dispatcher.destroy()
    },
  }
}
