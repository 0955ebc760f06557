import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { SandboxStore } from '../store.ts'
import { type Controller, settled } from './controller.ts'
import { atOf, isOf, keyOf } from './object-key.ts'
import { ensureObject, inOrder } from './write.ts'

/** Gives each namespace its default ServiceAccount and root certificate. Emptying a namespace is the store's own work. */
export function namespaceController(store: SandboxStore): Controller {
  return {
    name: 'namespace',
    wakes: (change) => (isOf(change, resources.namespaces) ? [keyOf(change.object)] : []),
    reconcile(key) {
      const namespace = store.get(resources.namespaces, atOf(key))
      if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return settled
      const metadata = (name: string) => ({ name, namespace: namespace.metadata.name })
      const rootCertificate: KubeObject & { readonly data: unknown } = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata('kube-root-ca.crt'),
        data: { 'ca.crt': '' },
      }
      const done = inOrder([
        () =>
          ensureObject(store, resources.serviceAccounts, {
            apiVersion: 'v1',
            kind: 'ServiceAccount',
            metadata: metadata('default'),
          }),
        () => ensureObject(store, resources.configMaps, rootCertificate),
      ])
      return done.ok ? settled : done
    },
  }
}
