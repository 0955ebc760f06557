import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { leaseName } from '#api/keys.ts'
import { resourcePath, resources } from '#api/resources.ts'
import { Random } from '#test/sim/random.ts'
import type { OwnNamespace } from '#test/support/own-namespace.ts'
import { addressOf } from '#test/support/own-namespace.ts'
import { canary, manifest, template } from '../rollout/shop.ts'
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts'
import { Tenures } from './tenures.ts'

export interface TakeOver {
  readonly how: 'quit' | 'crash' | 'frozen'
  readonly from: string
  readonly to: string
  readonly ms: number
  /** An engine of ours waited. */
  readonly isWaitedFor: boolean
}

export interface FightResult {
  readonly takeOvers: readonly TakeOver[]
  readonly overlaps: readonly string[]
  readonly writes: Readonly<Record<string, number>>
}

interface Fighter {
  readonly name: string
  readonly proxy: RecordingProxy
  readonly spawn: () => ChildProcess
  child: ChildProcess | undefined
  /** It is waiting once it has looked at the lease more often than that. */
  looks: number
}

const releaseMs = 1_500
/** Between two blows. */
const settleMs = 2_000
/** Longer than a lease lasts. */
const frozenMs = 20_000

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Real processes on a real cluster that want one lease: two engines, and a controller that elects its leader with client-go. */
export async function fight(place: OwnNamespace, elector: string, seconds: number): Promise<FightResult> {
  const ring = new Ring(place, elector)
  try {
    return await ring.run(seconds)
  } finally {
    await ring.end()
  }
}

class Ring {
  readonly #place: OwnNamespace
  readonly #elector: string
  readonly #random = new Random(1, 'fight')
  readonly #tenures = new Tenures()
  readonly #takeOvers: TakeOver[] = []
  #fighters: readonly Fighter[] = []
  #isOver = false
  #started = 0

  constructor(place: OwnNamespace, elector: string) {
    this.#place = place
    this.#elector = elector
  }

  async run(seconds: number): Promise<FightResult> {
    const { namespace, api } = this.#place
    const proxy = this.#place.kubectl.start(['proxy', '--port=0', '--reject-paths=^$'])
    const upstream = await addressOf(proxy.printed)
    this.#fighters = await Promise.all(
      ['engine-a', 'engine-b', 'client-go'].map((name) => this.#fighter(name, upstream)),
    )
    const to = (path: string, body: object) => api.send('POST', path, { body })
    await to(resourcePath(resources.configMaps, { namespace }), { metadata: { name: 'counter' } })
    await to(resourcePath(resources.rollouts, { namespace }), manifest({ replicas: 3, strategy: canary([]) }))
    const end = performance.now() + seconds * 1000
    this.#start('client-go')
    await this.#until('client-go leads', () => this.#tenures.holder === 'client-go')
    for (const name of ['engine-a', 'engine-b']) this.#start(name)
    const releases = this.#release()
    for (let turn = 0; performance.now() < end; turn++) await this.#turn(turn)
    this.#isOver = true
    await releases
    const writes = Object.fromEntries(this.#fighters.map(({ name }) => [name, this.#tenures.writesOf(name)]))
    return { takeOvers: this.#takeOvers, overlaps: this.#tenures.overlaps(), writes }
  }

  async end(): Promise<void> {
    this.#isOver = true
    for (const { child } of this.#fighters) child?.kill('SIGKILL')
    await Promise.all(this.#fighters.map(({ proxy }) => proxy.close()))
  }

  async #turn(turn: number): Promise<void> {
    await this.#until('everybody waits', () => this.#fighters.every((each) => this.#waits(each)))
    await rest(settleMs)
    const holder = this.#fighters.find(({ name }) => name === this.#tenures.holder)
    if (holder?.child === undefined) throw new Error('nobody has the lease')
    const isReference = holder.name === 'client-go'
    const drawn = this.#random.weighted({ quit: 4, crash: 3, frozen: isReference ? 0 : 2, alone: isReference ? 0 : 2 })
    // Every kind has its turn however short the fight is.
    const how = (['quit', 'crash'] as const)[turn] ?? drawn
    const spare =
      how === 'alone' ? this.#fighters.find((each) => each !== holder && each.name !== 'client-go') : undefined
    if (spare !== undefined) await this.#stop(spare, 'SIGTERM')
    const began = performance.now()
    const { child } = holder
    if (how === 'frozen') child.kill('SIGSTOP')
    else if (how === 'crash') await this.#stop(holder, 'SIGKILL')
    else await this.#stop(holder, 'SIGTERM')
    await this.#until(`somebody follows ${holder.name}`, () => ![holder.name, ''].includes(this.#tenures.holder))
    this.#note(how === 'alone' ? 'quit' : how, holder.name, began, spare === undefined)
    if (how === 'frozen') {
      await rest(Math.max(0, began + frozenMs - performance.now()))
      holder.looks = holder.proxy.looks
      child.kill('SIGCONT')
    } else this.#start(holder.name)
    if (spare !== undefined) this.#start(spare.name)
  }

  /** From the moment the lease was given back, its holder died or was stopped, to the moment at which it had another. */
  #note(how: TakeOver['how'], from: string, began: number, isWaitedFor: boolean): void {
    const [before, taken] = this.#tenures.changes.slice(-2)
    if (before === undefined || taken === undefined) return
    const since = before.holder === '' ? before.answeredAt : began
    this.#takeOvers.push({ how, from, to: taken.holder, ms: taken.answeredAt - since, isWaitedFor })
  }

  async #fighter(name: string, upstream: string): Promise<Fighter> {
    const { namespace, kubectl } = this.#place
    const proxy = await startRecordingProxy(upstream, name, this.#tenures.add)
    const kubeconfig = kubectl.file(`${name}.yaml`, kubeconfigOf(proxy.url))
    const cli = new URL('../../../main/cli/index.ts', import.meta.url).pathname
    const options = ['--kubeconfig', kubeconfig, 'engine', '-n', namespace, '--lease-namespace', namespace]
    const env = { PATH: process.env['PATH'], HOME: kubectl.folder }
    const run = (command: string, args: readonly string[]) => spawn(command, args, { env, stdio: 'ignore' })
    const start = () =>
      name === 'client-go'
        ? run(this.#elector, [proxy.url, namespace, leaseName, `client-go_${++this.#started}`])
        : run(process.execPath, [cli, ...options])
    return { name, proxy, spawn: start, child: undefined, looks: 0 }
  }

  #start(name: string): void {
    const fighter = this.#fighters.find((each) => each.name === name)
    if (fighter === undefined) return
    fighter.looks = fighter.proxy.looks
    fighter.child = fighter.spawn()
  }

  #waits({ name, looks, proxy }: Fighter): boolean {
    return name === this.#tenures.holder || proxy.looks > looks
  }

  async #stop(fighter: Fighter, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = fighter
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  /** A new version again and again, so that whoever drives has something to write. */
  async #release(): Promise<void> {
    const path = resourcePath(resources.rollouts, { namespace: this.#place.namespace, name: 'shop' })
    for (let version = 2; !this.#isOver; version++) {
      const body = { spec: { template: { spec: template(String(version)).spec } } }
      await this.#place.api.send('PATCH', path, { body, headers: { 'Content-Type': 'application/merge-patch+json' } })
      await rest(releaseMs)
    }
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    for (const deadline = performance.now() + 60_000; !condition(); await rest(20))
      if (performance.now() > deadline) throw new Error(`did not happen: ${what}`)
  }
}

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'ring',
    clusters: [{ name: 'ring', cluster: { server } }],
    users: [{ name: 'ring', user: {} }],
    contexts: [{ name: 'ring', context: { cluster: 'ring', user: 'ring' } }],
  })
