import { onTestFinished } from 'vitest'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { systemClock } from '#main/system-clock.ts'
import { aBoard, type Board } from './board.ts'
import { aKubectl, type Kubectl } from './kubectl.ts'
import { type MortalClient, mortalClient } from './mortal-client.ts'
import { anOwnNamespace } from './own-namespace.ts'
import { startPrometheus } from './prometheus.ts'
import type { RawApi } from './raw-api.ts'
import { aSandbox, type Sandbox } from './sandbox.ts'
import { anEngineOn } from './sandbox-engine.ts'
import { T0, VirtualClock } from './virtual-clock.ts'

/**
 * A cluster for one test, which cannot tell which it got: the sandbox on virtual time, or, where ARGOSY_TEST_KUBECONFIG names a
 * kubeconfig, a namespace of that file's current context in real time.
 */
export interface World extends RawApi {
  readonly isReal: boolean
  /** What is behind it, for what only a sandbox can do. */
  readonly sandbox: Sandbox | undefined
  /** Of the clock that its engines go by. */
  now(): EpochMs
  /** This test's own. */
  readonly namespace: string
  /** The address of a Prometheus: the sandbox's own, or a real one for this test. */
  prometheus(): Promise<string>
  /** Its default namespace is this test's. */
  readonly kubectl: Kubectl
  /** Drives the rollouts of the namespace until stopped, or until the test ends. */
  startEngine(options?: EngineOptions): RunningEngine
  /** Waits for it as long as anybody would, then fails with these words. */
  eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void>
  /** Lets that much time go by. */
  pass(ms: number): Promise<void>
  /** Lets time go by until the work is done, and answers what came of it. */
  meanwhile<T>(work: Promise<T>): Promise<T>
}

export interface EngineOptions {
  /** The usual one when absent; another has to wait until the lease is free. */
  readonly identity?: string
  /** It dies with this write to a part of a rollout, and never learns what came of it. */
  readonly writesMax?: number
  /** Acts with the rights of this user. Only a real cluster knows rights. */
  readonly as?: string
  /** Signs in with the current context of another file. */
  readonly kubeconfig?: string
  /** Only watches who drives. */
  readonly observes?: boolean
  /** What stands between it and its client. */
  readonly through?: (client: ClusterClient) => ClusterClient
}

export interface RunningEngine {
  readonly isDead: boolean
  /** The lease is its own. */
  readonly drives: boolean
  /** What its window shows, from the first time of asking. */
  readonly board: Board
  /** Ends in order and hands the lease back. */
  stop(): Promise<void>
  /** Ends without a word. */
  kill(): Promise<void>
}

const patience = { virtualMs: 900_000, realMs: 60_000 }

/** Whether `aWorld` gives a real cluster. */
export const isRealWorld = process.env['ARGOSY_TEST_KUBECONFIG'] !== undefined

/** Ended with the test. */
export const aWorld = (): Promise<World> => {
  const path = process.env['ARGOSY_TEST_KUBECONFIG']
  return path === undefined ? sandboxWorld() : clusterWorld(path)
}

async function sandboxWorld(): Promise<World> {
  const clock = new VirtualClock()
  const sandbox = await aSandbox(clock)
  const namespace = 'default'
  const kubectl = aKubectl(sandbox.kubeconfig)
  const engines = engineStarter({ kubeconfig: () => kubectl.kubeconfig, context: 'harbor-1', clock })
  onTestFinished(async () => {
    await engines.stop()
    await sandbox.stop()
    kubectl.end()
  })
  return {
    isReal: false,
    sandbox,
    now: () => clock.now(),
    namespace,
    prometheus: async () => sandbox.cluster.metricsUrl,
    kubectl,
    send: sandbox.send,
    watch: sandbox.watch,
    startEngine: engines.start,
    async pass(ms) {
      for (const end = clock.now() + ms; clock.now() < end; ) await step(clock, Math.min(500, end - clock.now()))
    },
    async eventually(what, condition) {
      while (!(await condition())) {
        if (clock.now() - T0 > patience.virtualMs) throw new Error(`did not happen: ${what}`)
        await step(clock, 500)
      }
    },
    async meanwhile(work) {
      let isDone = false
      const noted = () => {
        isDone = true
      }
      work.then(noted, noted)
      while (!isDone) await step(clock, 500)
      return work
    },
  }
}

/** Moves time on, and lets what falls due on the way reach its server and come back. */
async function step(clock: VirtualClock, ms: number): Promise<void> {
  await clock.advance(ms)
  await new Promise((resolve) => setTimeout(resolve, 2))
}

async function clusterWorld(path: string): Promise<World> {
  const place = await anOwnNamespace(path)
  const { namespace, context, kubectl, api, kubeconfig } = place
  const engines = engineStarter({ kubeconfig, context, clock: systemClock, namespace })
  onTestFinished(async () => {
    await engines.stop()
    await place.end()
  })
  return {
    ...api,
    isReal: true,
    sandbox: undefined,
    now: () => systemClock.now(),
    namespace,
    async prometheus() {
      const started = await startPrometheus(() => '')
      onTestFinished(() => started.close())
      return started.url
    },
    kubectl,
    startEngine: engines.start,
    pass: rest,
    async eventually(what, condition) {
      const deadline = performance.now() + patience.realMs
      while (!(await condition())) {
        if (performance.now() > deadline) throw new Error(`did not happen within a minute: ${what}`)
        await rest(100)
      }
    },
    meanwhile: (work) => work,
  }
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

interface EngineSite {
  readonly kubeconfig: (as: string | undefined) => string
  readonly context: string
  readonly clock: Clock
  readonly namespace?: string
}

/** Whatever is still running when the test ends is stopped with it. */
function engineStarter({ kubeconfig, context, clock, namespace }: EngineSite) {
  const running = new Set<RunningEngine>()
  const start = ({ identity, writesMax, as, observes, through, ...more }: EngineOptions = {}): RunningEngine => {
    let client: MortalClient | undefined
    let board: Board | undefined
    const { engine, cluster, stop, cut } = anEngineOn(more.kubeconfig ?? kubeconfig(as), context, clock, {
      namespace,
      identity,
      observes,
      through: (real) => {
        client = mortalClient(real, writesMax)
        return through === undefined ? client : through(client)
      },
    })
    const self: RunningEngine = {
      get isDead() {
        return client?.isDead === true
      },
      get drives() {
        return engine.lease.state === 'held'
      },
      get board() {
        board ??= aBoard(clock, cluster, engine)
        return board
      },
      stop: async () => {
        running.delete(self)
        board?.stop()
        await (self.isDead ? cut() : stop(true))
      },
      kill: async () => {
        client?.die()
        await self.stop()
      },
    }
    running.add(self)
    return self
  }
  return {
    start,
    stop: async () => {
      for (const each of running) await each.stop()
    },
  }
}
