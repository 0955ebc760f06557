import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import type { KubeObject, Status } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { silentLog } from '#lib/log.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ApiToken } from '#main/sandbox/api/access.ts'
import { startApiServer } from '#main/sandbox/api/start-api-server.ts'
import { aNamespace, furnish, place } from '#main/sandbox/bootstrap.ts'
import { startControllers } from '#main/sandbox/controllers/start-controllers.ts'
import type { KubeconfigEntry } from '#main/sandbox/fleet-kubeconfig.ts'
import { createMemoryStore } from '#main/sandbox/memory-store.ts'
import { hashText } from '#main/sandbox/seeded.ts'
import { systemClock } from '#main/system-clock.ts'

/** A sandbox cluster on real time, with everything that may go wrong with one. */
export interface RoughCluster {
  readonly context: string
  /** For a kubeconfig; with this token, else with the one of the administrator. */
  entry(token?: string): KubeconfigEntry
  /** Who may do what from now on; the administrator always may do everything. */
  accept(...tokens: readonly ApiToken[]): void
  /** Nothing listens at its address any more; what was connected is cut. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
  /** Ends the watches, so that clients must ask again with the credential they have. */
  dropWatches(): void
  create(resource: Resource, object: KubeObject): void
  /** Starts an update of the Rollout. */
  setImage(name: string, image: string, namespace?: string): void
  delete(resource: Resource, at: { readonly namespace?: string; readonly name: string }): void
  stop(): Promise<void>
}

const speed = 50

/** @param options `rollouts: false` leaves out the CRDs. */
export async function aRoughCluster(
  context: string,
  options: { readonly rollouts?: boolean } = {},
): Promise<RoughCluster> {
  const clock = systemClock
  const seed = hashText(context)
  const store = createMemoryStore({ clock, seed })
  furnish(store, { name: context, nodes: 3 })
  place(store, resources.namespaces, aNamespace('shop'))
  if (options.rollouts === false)
    for (const { metadata } of customResourceDefinitions)
      refuse(store.delete(resources.customResourceDefinitions, { namespace: undefined, name: metadata.name }))
  const administrator: ApiToken = { token: `admin-of-${context}`, user: 'administrator', rules: 'everything' }
  const tokens = [administrator]
  const server = await startApiServer({ store, clock, name: context, tokens })
  const stopControllers = startControllers(store, { seed, speed }, silentLog)
  const front = await startFront(Number(new URL(server.url).port))
  return {
    context,
    entry: (token = administrator.token) => ({
      context,
      url: `https://127.0.0.1:${front.port}`,
      token,
      caData: server.caData,
    }),
    accept: (...others) => void tokens.splice(0, tokens.length, administrator, ...others),
    goDown: () => front.close(),
    comeBack: () => front.open(),
    dropWatches: () => void server.faults.dropWatches(),
    create: (resource, object) => refuse(store.create(resource, object)),
    setImage(name, image, namespace = 'shop') {
      const change = (draft: Rollout): Rollout => {
        const { template } = draft.spec
        const containers = (template?.spec?.containers ?? []).map((each) => ({ ...each, image }))
        return { ...draft, spec: { ...draft.spec, template: { ...template, spec: { ...template?.spec, containers } } } }
      }
      refuse(store.mutate(resources.rollouts, { namespace, name }, change))
    },
    delete: (resource, { namespace, name }) => refuse(store.delete(resource, { namespace, name })),
    async stop() {
      stopControllers()
      await front.close()
      await server.close()
    },
  }
}

/** A port that leads to another one of this machine, and keeps its number while it is closed. */
async function startFront(target: number) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1')
    for (const each of [socket, onward]) {
      sockets.add(each)
      each.on('error', () => each.destroy())
      each.on('close', () => {
        sockets.delete(each)
        socket.destroy()
        onward.destroy()
      })
    }
    socket.pipe(onward).pipe(socket)
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', () => resolve()))
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    open: () => listen(port),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const each of sockets) each.destroy()
      }),
  }
}

function refuse(outcome: Outcome<KubeObject, Status>): void {
  if (!outcome.ok) throw new Error(outcome.error.message)
}
