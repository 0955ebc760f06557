import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { systemClock } from '#main/system-clock.ts'
import { aKubectl, type Kubectl } from './kubectl.ts'
import { type RawApi, rawApi } from './raw-api.ts'
import { aSandbox } from './sandbox.ts'
import { anEngineOn } from './sandbox-engine.ts'
import { T0, VirtualClock } from './virtual-clock.ts'

/**
 * A cluster for one test, which cannot tell which it got: the sandbox on virtual time, or, where ARGOSY_TEST_KUBECONFIG names a
 * kubeconfig, a namespace of that file's current context in real time.
 */
export interface World extends RawApi {
  readonly isReal: boolean
  /** This test's own. */
  readonly namespace: string
  /** Its default namespace is this test's. */
  readonly kubectl: Kubectl
  /** Drives the rollouts of the namespace until stopped, or until the test ends. */
  startEngine(): { readonly stop: () => Promise<void> }
  /** Waits for it as long as anybody would, then fails with these words. */
  eventually(what: string, condition: () => Promise<boolean> | boolean): Promise<void>
  /** Lets that much time go by. */
  pass(ms: number): Promise<void>
}

const patience = { virtualMs: 900_000, realMs: 60_000 }

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
  const engines = engineStarter(() => anEngineOn(kubectl.kubeconfig, 'harbor-1', clock))
  onTestFinished(async () => {
    await engines.stop()
    await sandbox.stop()
    kubectl.end()
  })
  return {
    isReal: false,
    namespace,
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
  }
}

/** Moves time on, and lets what falls due on the way reach its server and come back. */
async function step(clock: VirtualClock, ms: number): Promise<void> {
  await clock.advance(ms)
  await new Promise((resolve) => setTimeout(resolve, 2))
}

async function clusterWorld(path: string): Promise<World> {
  const namespace = `argosy-test-${randomBytes(4).toString('hex')}`
  const admin = aKubectl(readFileSync(path, 'utf8'))
  await admin.ok('create', 'namespace', namespace)
  const context = (await admin.ok('config', 'current-context')).trim()
  const kubectl = aKubectl(inNamespace(readFileSync(path, 'utf8'), context, namespace))
  const proxy = kubectl.start(['proxy', '--port=0', '--reject-paths=^$'])
  const url = await addressOf(proxy.printed)
  const engines = engineStarter(() => anEngineOn(path, context, systemClock, namespace))
  onTestFinished(async () => {
    await engines.stop()
    kubectl.end()
    await admin.run(['delete', 'namespace', namespace, '--wait=false'])
    admin.end()
  })
  return {
    ...rawApi({ url, headers: {} }),
    isReal: true,
    namespace,
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
  }
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The kubeconfig with another default namespace in that context. */
function inNamespace(text: string, context: string, namespace: string): string {
  interface Named {
    readonly name: string
    readonly context: object
  }
  const config = parse(text) as { readonly contexts: readonly Named[] }
  const contexts = config.contexts.map((each) =>
    each.name === context ? { ...each, context: { ...each.context, namespace } } : each,
  )
  return stringify({ ...config, contexts }, { lineWidth: 0 })
}

/** `kubectl proxy` says where it listens once it does. */
async function addressOf(printed: () => string): Promise<string> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    const address = /127\.0\.0\.1:\d+/.exec(printed())?.[0]
    if (address !== undefined) return `http://${address}`
    await rest(20)
  }
  throw new Error('kubectl proxy does not start')
}

/** Whatever is still running when the test ends is stopped with it. */
function engineStarter(start: () => ReturnType<typeof anEngineOn>) {
  const running = new Set<ReturnType<typeof anEngineOn>>()
  return {
    start: () => {
      const engine = start()
      running.add(engine)
      return {
        stop: async () => {
          running.delete(engine)
          await engine.stop()
        },
      }
    },
    stop: async () => {
      for (const each of running) await each.stop()
    },
  }
}
