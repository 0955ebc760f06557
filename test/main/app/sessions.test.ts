import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { type Resource, resources } from '#api/resources.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { Notice } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { Sessions } from '#main/app/sessions.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { railsFor } from '#main/guard-settings.ts'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { someSettings } from '#test/support/measuring.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

afterEach(() => vi.unstubAllEnvs())

/** A port of this machine where nothing listens. */
const nowhere = 'https://127.0.0.1:9'
const fileFor = (context: string, more: { readonly token?: string; readonly url?: string } = {}): string =>
  fleetKubeconfig([{ context, url: nowhere, token: 'x', caData: undefined, ...more }])

interface SetUp {
  readonly sandbox?: boolean
  readonly paths?: readonly string[]
  /** The context that has the Istio objects of all others. */
  readonly istioPrimary?: string
}

function setUp(options: SetUp = {}) {
  const clock = new VirtualClock()
  const folder = aFolder()
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const told: Notice[] = []
  const begin = (paths: readonly string[]) => {
    const fleet = createFleetSource({ clock })
    const tell = (notice: Notice) => void told.push(notice)
    const sessions = new Sessions({
      onWrite: () => undefined,
      rails: (context) => railsFor(context, '/nowhere'),
      paths,
      sandbox: options.sandbox ?? false,
      clock,
      log: silentLog,
      fleet,
      metricSettings: () => someSettings(),
      trafficSettings: () => ({
        ...usualTraffic,
        ...(options.istioPrimary !== undefined && { istioPrimary: options.istioPrimary }),
      }),
      tell,
    })
    onTestFinished(async () => {
      // Requests under way wait on the clock.
      let stopped = false
      void sessions.stop().then(() => {
        stopped = true
      })
      await advanceUntil(clock, 'the sessions have ended', () => stopped)
      fleet.stop()
    })
    sessions.start()
    return sessions
  }
  const names = (sessions: Sessions) => sessions.views().map(({ context }) => context)
  return { clock, folder, write, told, begin, names }
}

it('a file that is added joins those where kubectl looks', () => {
  const { folder, write, begin, names } = setUp()
  vi.stubEnv('KUBECONFIG', write('first', fileFor('one')))
  vi.stubEnv('HOME', folder)
  write('second', fileFor('two'))
  const sessions = begin([])
  expect(sessions.add('~/second')).toEqual({ ok: true, value: ['two'] })
  expect(names(sessions)).toEqual(['one', 'two'])
})

it.each([
  ['that is not there', undefined, /^There is no kubeconfig with a context at .*other\.$/],
  ['that is malformed', 'contexts: [', /other, line 1: /],
])('UI-COPY-2: a file %s is not added, and the reason is told', (_name, text, reason) => {
  const { folder, write, begin, names } = setUp()
  const sessions = begin([write('first', fileFor('one'))])
  if (text !== undefined) write('other', text)
  const added = sessions.add(join(folder, 'other'))
  expect(added).toMatchObject({ ok: false, error: { kind: 'Invalid', message: expect.stringMatching(reason) } })
  expect(names(sessions)).toEqual(['one'])
  expect(sessions.paths).toHaveLength(1)
})

it('a person’s cluster added to the sandbox is only watched until they say otherwise', () => {
  const { write, begin } = setUp({ sandbox: true })
  const sessions = begin([write('sandbox', fileFor('harbor-1'))])
  sessions.add(write('own', fileFor('prod-eu')))
  expect(sessions.views()).toMatchObject([
    { context: 'harbor-1', sandbox: true, protected: false },
    { context: 'prod-eu', sandbox: false, protected: true },
  ])
})

it('a file that breaks costs no open cluster; the notice names the line, and is taken back', async () => {
  const { clock, write, begin, told, names } = setUp()
  const path = write('first', fileFor('one'))
  const sessions = begin([path])
  write('first', 'contexts: 12')
  await advanceUntil(clock, 'a notice', () => told.length === 1)
  expect(told[0]).toMatchObject({ severity: 'warning', detail: expect.stringContaining(`${path}, line 1: `) })
  expect(names(sessions)).toEqual(['one'])
  write('first', fileFor('two'))
  await advanceUntil(clock, 'it is over', () => told.length === 2)
  expect(told[1]).toMatchObject({ id: told[0]?.id, severity: 'info' })
  expect(names(sessions)).toEqual(['two'])
})

it('UI-ERR-3: a new token goes on in the same session; another server is another cluster', async () => {
  const { clock, write, begin } = setUp()
  const sessions = begin([write('first', fileFor('one'))])
  const before = sessions.get('one')
  if (before === undefined) throw new Error('no session')
  const signInAs = vi.spyOn(before.client, 'signInAs')
  write('first', fileFor('one', { token: 'new' }))
  await advanceUntil(clock, 'the new token', () => signInAs.mock.calls.length === 1)
  expect(sessions.get('one')).toBe(before)
  write('first', fileFor('one', { url: 'https://127.0.0.1:10' }))
  await advanceUntil(clock, 'another session', () => sessions.get('one') !== before)
  expect(sessions.views()).toMatchObject([{ server: 'https://127.0.0.1:10' }])
})

it('IST-3: the Istio objects of a context are asked for with the credentials of the one that the settings name', async () => {
  const { write, begin, clock } = setUp({ istioPrimary: 'mesh' })
  const asked = async (sessions: Sessions, resource: Resource) => {
    let answer: string | undefined
    void sessions
      .get('east')
      ?.client.get(resource, { namespace: 'shop', name: 'web' })
      .then((got) => {
        answer = got.ok ? '' : got.error.message
      })
    await advanceUntil(clock, 'an answer', () => answer !== undefined)
    return answer
  }
  const one = begin([write('east', fileFor('east'))])
  expect(await asked(one, routeKinds.virtualServices)).toMatch(/names? "mesh" .* no kubeconfig has that context/)
  const both = begin([write('east', fileFor('east')), write('mesh', fileFor('mesh', { url: 'https://127.0.0.1:7' }))])
  expect(await asked(both, routeKinds.virtualServices)).toContain('127.0.0.1:7')
  expect(await asked(both, resources.services)).toContain('127.0.0.1:9')
})
