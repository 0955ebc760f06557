import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '#test/testbed/free-ports.ts'

/** The program that `.ci/test-cluster.ts` found or built. */
export const traefikPath = process.env['ARGOSY_TRAEFIK'] ?? ''

interface TraefikOptions {
  /** The path of a kubeconfig whose current context names the cluster. */
  readonly kubeconfig: string
  /** Whose routes it takes. */
  readonly namespace: string
  /** By which it reaches pods, see `pod-network.ts`. */
  readonly podNetwork: string
}

/** A gateway that watches routes of a cluster and splits requests as they say. */
interface Traefik {
  /** Where it takes requests; also the port of the one listener that its Gateways may have. */
  readonly port: number
  /** The weights of each split that it knows now, in the order of the route. */
  readonly splits: () => Promise<readonly (readonly number[])[]>
  readonly close: () => Promise<void>
}

/** Traefik, of Gateway API, of its own kinds, and in the place of ingress-nginx; ready when it answers. */
export async function startTraefik(options: TraefikOptions): Promise<Traefik> {
  const [port = 0, api = 0] = await freePorts(2)
  const folder = mkdtempSync(join(tmpdir(), 'argosy-traefik-'))
  const logPath = join(folder, 'log')
  const log = openSync(logPath, 'w')
  const child = spawn(traefikPath, argumentsOf(options.namespace, port, api), {
    cwd: folder,
    env: {
      HOME: folder,
      KUBECONFIG: options.kubeconfig,
      HTTP_PROXY: options.podNetwork,
      HTTPS_PROXY: options.podNetwork,
    },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const close = async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const address = `http://127.0.0.1:${api}`
  if (!(await isReady(child, address))) {
    const said = readFileSync(logPath, 'utf8')
    await close()
    throw new Error(`${traefikPath} does not get ready: ${said}`)
  }
  return { port, splits: () => readSplits(address), close }
}

const argumentsOf = (namespace: string, port: number, api: number): readonly string[] => [
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  '--log.level=INFO',
  `--entrypoints.web.address=127.0.0.1:${port}`,
  `--entrypoints.traefik.address=127.0.0.1:${api}`,
  '--api.insecure=true',
  '--ping=true',
  '--providers.providersthrottleduration=50ms',
  `--providers.kubernetesgateway.namespaces=${namespace}`,
  `--providers.kubernetescrd.namespaces=${namespace}`,
  `--providers.kubernetesingressnginx.watchnamespace=${namespace}`,
]

async function isReady(child: ChildProcess, address: string): Promise<boolean> {
  for (let tries = 0; tries < 300 && child.exitCode === null && child.pid !== undefined; tries++) {
    const answer = await fetch(`${address}/ping`).catch(() => undefined)
    if (answer?.ok === true) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

interface RawData {
  readonly services?: Readonly<
    Record<string, { readonly weighted?: { readonly services?: readonly { readonly weight?: number }[] } }>
  >
}

async function readSplits(address: string): Promise<readonly (readonly number[])[]> {
  const { services = {} } = (await (await fetch(`${address}/api/rawdata`)).json()) as RawData
  return Object.values(services).flatMap(({ weighted }) =>
    weighted?.services === undefined ? [] : [weighted.services.map(({ weight }) => weight ?? 1)],
  )
}
