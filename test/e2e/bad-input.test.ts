import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import {
  type CliProcess,
  hasSmallDisks,
  runArgosy,
  startArgosy,
  startArgosyOnSmallDisk,
} from '#test/support/cli-process.ts'
import { aRoughCluster, type RoughCluster } from '#test/support/rough-cluster.ts'
import { launchBrowser, openWindow, type WindowPage } from '#test/support/window-page.ts'

/**
 * Ten kinds of bad input, on the built product. Each asserts the words that a person reads, and that what is not concerned
 * goes on. The words of a run are kept in messages.md beside its pictures.
 */
const pictures = 'test-results/bad-input'
const folder = mkdtempSync(join(tmpdir(), 'argosy-bad-'))
const env = { ARGOSY_DATA: join(folder, 'data'), KUBECONFIG: join(folder, 'nothing') }
let browser: Browser

const notes: string[] = []
const note = (heading: string, text: string) => void notes.push(`${heading}\n\n${text.trim().replace(/^/gm, '    ')}`)

/** Runs a command to its end, and keeps what it said. */
async function argosy(command: string, more: Readonly<Record<string, string>> = {}): Promise<CliProcess> {
  const run = await runArgosy(command.split(' '), { ...env, ...more })
  note(`\`argosy ${command}\`, exit ${run.code}`, `stdout: ${run.stdout.trim()}\nstderr: ${run.stderr.trim()}`)
  return run
}

function serve(args: readonly string[], more: Readonly<Record<string, string>> = {}): CliProcess {
  const run = startArgosy(['serve', ...args], { ...env, ...more })
  onTestFinished(() => run.stop())
  return run
}

const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const canary = (name: string, namespace = 'shop', strategy: object = upToAPause): KubeObject & { spec: object } => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name, namespace },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: 'registry.example/app:1' }] },
    },
    strategy,
  },
})
const upToAPause = { canary: { steps: [{ setWeight: 25 }, { pause: {} }] } }

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  writeFileSync(join(pictures, 'messages.md'), `${notes.join('\n\n')}\n`)
  rmSync(folder, { recursive: true, force: true })
})

describe('a kubeconfig', () => {
  it('UI-EMP-1: that is missing leads to the sandbox, which says so', async () => {
    notes.push('## 1. No kubeconfig')
    const home = { HOME: folder, KUBECONFIG: '' }
    const asked = await argosy('get rollouts', home)
    expect(asked.code).toBe(2)
    expect(asked.stderr).toMatch(/^argosy: No kubeconfig with a context was found\. Looked at \S+\/\.kube\/config\./)
    expect(asked.stderr).toContain('Set KUBECONFIG, or name a file with --kubeconfig')

    const served = serve([], home)
    const at = await openWindow(browser, served, pictures)
    await at
      .toastSays(/No kubeconfig was found/)
      .toMatch(/showing the sandbox fleet.*Looked at \S+config.*not(hing)? .*real/s)
    await at.clusterSays('harbor-1').toMatch(/Driven here/)
    await at.picture('1-no-kubeconfig')
    note('the window', await at.page.locator('.toasts').innerText())
    note('`argosy serve`', served.stdout)
    await at.page.close()
  })

  it('UI-COPY-2: that is malformed names file and line, costs no other file, and is read again when it is mended', async () => {
    notes.push('## 2. A malformed kubeconfig')
    const sound = await aRoughCluster('harbor-1')
    onTestFinished(() => sound.stop())
    const good = fileOf('good', fleetKubeconfig([sound.entry()]))
    const other = fleetKubeconfig([{ ...sound.entry(), context: 'harbor-2' }])
    const bad = fileOf('bad', other.replace('clusters:\n', 'clusters: [\n'))
    const asked = await argosy(`get rollouts --all-contexts --kubeconfig ${good} --kubeconfig ${bad}`)
    expect(asked.stderr).toContain(`argosy: ${bad}, line 6: `)
    expect(asked.stderr).toContain('No resources found.')
    expect(asked.code).toBe(0)
    expect((await argosy(`get rollouts --kubeconfig ${bad}`)).code).toBe(2)

    const at = await openWindow(browser, serve(['--kubeconfig', bad]), pictures)
    await at.page.getByRole('button', { name: 'Open history' }).waitFor()
    const shown = at.page.getByRole('main').locator('.message')
    expect(await shown.innerText()).toMatch(
      /^A kubeconfig file is malformed\s+\S+bad, line 6: not valid YAML: .*read again as soon as it is saved/s,
    )
    await at.picture('2-malformed')
    note('the window', await shown.innerText())
    fileOf('bad', other)
    await at.clusterSays('harbor-2').toMatch(/Connected/)
    await at.toastSays(/kubeconfig was read again/).toContain('This is over: a kubeconfig file is malformed.')
    fileOf('bad', 'contexts: 12')
    await at.toastSays(/kubeconfig file is malformed/).toContain('clusters that were open go on as they were')
    await at.clusterSays('harbor-2').toMatch(/Connected/)
    await at.picture('2-malformed-later')
    note('the window, when it breaks while clusters are open', await at.page.locator('.toasts').innerText())
    await at.page.close()
  })
})

describe('a fleet', () => {
  const kubeconfig = join(folder, 'kubeconfig')
  const tokens: Record<string, string> = { 'harbor-1': 'of-a-person', 'harbor-2': 'of-today' }
  const person = { token: 'of-a-person', user: 'night-shift' }
  const clusters: RoughCluster[] = []
  const clusterOf = (context: string): RoughCluster => {
    const found = clusters.find((each) => each.context === context)
    if (found === undefined) throw new Error(`no cluster ${context}`)
    return found
  }
  const writeKubeconfig = () =>
    writeFileSync(kubeconfig, fleetKubeconfig(clusters.map((each) => each.entry(tokens[each.context]))))
  const of = (context: string) => `--kubeconfig ${kubeconfig} --context ${context} -n shop`
  let engine: CliProcess
  let served: CliProcess
  let at: WindowPage

  /** Every cluster has `checkout` in the middle of an update; an engine of its own drives them, so the window may go blind. */
  beforeAll(async () => {
    clusters.push(...(await Promise.all(['harbor-1', 'harbor-2', 'harbor-3'].map((each) => aRoughCluster(each)))))
    clusterOf('harbor-1').accept({ ...person, rules: 'everything' })
    clusterOf('harbor-2').accept({ token: 'of-today', user: 'night-shift', rules: 'everything' })
    for (const each of clusters) each.create(resources.rollouts, canary('checkout'))
    writeKubeconfig()
    const admin = fileOf('admin', fleetKubeconfig(clusters.map((each) => each.entry())))
    engine = startArgosy(['engine', '--kubeconfig', admin, '--all-contexts'], env)
    served = startArgosy(['serve', '--kubeconfig', kubeconfig], env)
  })

  afterAll(async () => {
    await at?.page.close()
    await Promise.all([engine?.stop(), served?.stop()])
    await Promise.all(clusters.map((each) => each.stop()))
  })

  it('UI-ERR-1: of which one is dead goes on in the others, and that one comes back by itself', async () => {
    notes.push('## 3. One dead cluster of three')
    at = await openWindow(browser, served, pictures)
    for (const { context } of clusters) await at.cellSays('checkout', context).toMatch(/Healthy/)
    for (const each of clusters) each.setImage('checkout', 'registry.example/app:2')
    for (const { context } of clusters) await at.cellSays('checkout', context).toMatch(/Paused.*1 of 2 steps/)
    await clusterOf('harbor-3').goDown()
    await at.clusterSays('harbor-3').toMatch(/Unreachable, retry 0:\d\d/)
    const trouble = await at.trouble('harbor-3')
    expect(trouble).toMatch(/harbor-3 does not answer\s+No answer: https:\S+ nothing accepts connections there/)
    expect(trouble).toMatch(/Unreachable since \d\d? \w+ \d\d:\d\d:\d\d.* ago.*Nothing is driven there from here/)
    expect(trouble).toMatch(/next try in 0:\d\d, attempt \d/)
    await at.picture('3-dead')
    note('the window', trouble)
    await at.leave()
    await at.cell('checkout', 'harbor-1').click()
    await at.page.keyboard.press('p')
    const all = await argosy(`get rollouts --kubeconfig ${kubeconfig} --all-contexts -n shop`)
    expect(all).toMatchObject({ code: 3, stdout: expect.stringMatching(/harbor-1 .*\n.*harbor-2 /) })
    expect(all.stderr).toMatch(/^harbor-3: the cluster does not answer: https:\S+ nothing accepts connections there/)
    await at.cellSays('checkout', 'harbor-3').toMatch(/Paused.*1 of 2 steps/)
    const lines = engine.stdout.split('\n').filter((line) => line.includes('"state":"unreachable"'))
    const attempts = new Set(lines.map((line) => /"attempt":(\d+)/.exec(line)?.[1]))
    expect(lines).toHaveLength(attempts.size)
    note('the log of the engine, one line for each attempt', lines.join('\n'))
    await clusterOf('harbor-3').comeBack()
    await at.cellSays('checkout', 'harbor-1').toMatch(/Healthy/)
    await at.clusterSays('harbor-3').toMatch(/Connected/)
  })

  it('UI-ERR-3: whose token has expired asks for a new one, and takes it from the kubeconfig', async () => {
    notes.push('## 4. An expired token')
    clusterOf('harbor-2').accept()
    clusterOf('harbor-2').dropWatches()
    await at.clusterSays('harbor-2').toMatch(/Sign-in needed/)
    const trouble = await at.trouble('harbor-2')
    expect(trouble).toMatch(
      /^Sign-in to harbor-2 has ended\s+https:\S+ refuses the credential of user "harbor-2-admin" \(401\)/s,
    )
    expect(trouble).toMatch(/Put a new token for this user into the kubeconfig\. Refused since .*picked up by itself/)
    await at.picture('4-expired')
    note('the window', trouble)
    await at.leave()
    const asked = await argosy(`get rollouts ${of('harbor-2')}`)
    expect(asked.code).toBe(3)
    expect(asked.stderr).toMatch(
      /^sign-in needed: https:\S+ refuses the credential of user "harbor-2-admin" \(401\)\. Put a new/,
    )
    await at.cellSays('checkout', 'harbor-2').toMatch(/Paused.*1 of 2 steps/)
    clusterOf('harbor-2').accept({ token: 'of-tomorrow', user: 'night-shift', rules: 'everything' })
    tokens['harbor-2'] = 'of-tomorrow'
    writeKubeconfig()
    await at.clusterSays('harbor-2').toMatch(/Connected/)
  })

  it('UI-ERR-2: that forbids an action names verb, resource, namespace and account, and shows nothing as done', async () => {
    notes.push('## 5. A right that is missing')
    const mayRead = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }]
    const one = clusterOf('harbor-1')
    one.setImage('checkout', 'registry.example/app:3')
    await at.cellSays('checkout', 'harbor-1').toMatch(/Paused/)
    one.accept({ ...person, rules: mayRead })
    await at.cell('checkout', 'harbor-1').click()
    await at.page.keyboard.press('p')
    const words = 'Account night-shift lacks verb patch on rollouts.argoproj.io/status in namespace shop.'
    await at.toastSays(/Promote refused: checkout in harbor-1/).toContain(words)
    await at.page.keyboard.press('a')
    const dialog = at.page.getByRole('dialog')
    await dialog.getByRole('textbox').last().fill('error rate')
    await at.page.keyboard.press('Control+Enter')
    await dialog.getByRole('alert').waitFor()
    expect(await dialog.innerText()).toContain(`Refused. ${words}`)
    expect(await dialog.locator('.rule').innerText()).toBe(
      '- apiGroups: ["argoproj.io"]\n  resources: ["rollouts/status"]\n  verbs: ["patch"]',
    )
    await at.picture('5-forbidden')
    note('the window', `${await dialog.innerText()}\n\n${await at.page.locator('.toasts').innerText()}`)
    await at.leave()
    await at.cellSays('checkout', 'harbor-1').toMatch(/Paused.*1 of 2 steps/)
    const asked = await argosy(`promote checkout ${of('harbor-1')}`)
    expect(asked).toMatchObject({ code: 4, stdout: '' })
    expect(asked.stderr).toContain(
      'you need the right to patch rollouts.argoproj.io/status in namespace shop; your account there is night-shift',
    )

    // Known to be missing, the right closes the action before anybody tries.
    one.accept({ token: 'of-a-reader', user: 'reader', rules: mayRead }, { ...person, rules: 'everything' })
    tokens['harbor-1'] = 'of-a-reader'
    writeKubeconfig()
    await at.cell('checkout', 'harbor-1').click()
    const peek = at.page.locator('.peek')
    const why = 'needs patch on rollouts/status in namespace shop'
    await expect.poll(() => peek.innerText(), { timeout: 20_000 }).toContain(why)
    await at.page.keyboard.press('p')
    await at.toastSays(/Promote is not open: checkout in harbor-1/).toContain(why)
    note('the window, when that is known before', await at.page.locator('.toast').last().innerText())
    await at.picture('5-forbidden-before')
    tokens['harbor-1'] = person.token
    writeKubeconfig()
    await expect.poll(() => peek.innerText(), { timeout: 20_000 }).not.toContain(why)
  })

  it('REC-23: with invalid rollouts shows the reason of each, and goes on with the others', async () => {
    notes.push('## 6. An invalid spec')
    const one = clusterOf('harbor-1')
    one.create(resources.rollouts, canary('both', 'shop', { canary: {}, blueGreen: { activeService: 'both' } }))
    one.create(resources.rollouts, canary('heavy', 'shop', { canary: { steps: [{ setWeight: 120 }] } }))
    for (const each of ['both', 'heavy']) await at.cellSays(each, 'harbor-1').toMatch(/Degraded/)
    const message =
      'The Rollout "heavy" is invalid: spec.strategy.steps[0].setWeight: Invalid value: 120: SetWeight needs to be between 0 and 100'
    const title = at.cell('heavy', 'harbor-1').locator('[title]').first()
    expect(await title.getAttribute('title')).toBe(`Degraded: InvalidSpec: ${message}`)
    await at.cell('heavy', 'harbor-1').click()
    await at.picture('6-invalid-fleet')
    await at.page.keyboard.press('Enter')
    await at.page.getByRole('heading', { name: 'heavy' }).waitFor()
    const why = at.page.locator('.head-why')
    expect(await why.innerText()).toContain(message)
    await at.picture('6-invalid-page')
    note('the window', await why.innerText())
    expect((await argosy(`status heavy ${of('harbor-1')}`)).stderr).toContain(message)
    const both = await argosy(`get rollout both ${of('harbor-1')}`)
    expect(both.stdout).toContain('spec.strategy.strategy: Invalid value')
    expect(both.stdout).toContain('Multiple Strategies can not be listed')
    await at.goTo('#/fleet')
    expect((await argosy(`promote checkout ${of('harbor-3')}`)).code).toBe(0)
    await at.cellSays('checkout', 'harbor-3').toMatch(/Healthy/)
  })

  it('UI-ERR-7: without CRDs shows what would be applied, and is live once that was wanted', async () => {
    notes.push('## 7. CRDs not installed')
    const asked = await aRoughCluster('harbor-5', { rollouts: false })
    onTestFinished(() => asked.stop())
    clusters.push(await aRoughCluster('harbor-4', { rollouts: false }))
    writeKubeconfig()
    await at.clusterSays('harbor-4').toMatch(/CRDs missing/)
    const trouble = await at.trouble('harbor-4')
    expect(trouble).toMatch(/^harbor-4 does not know Rollouts\s+Not installed: rollouts\.argoproj\.io, analysisruns/)
    await at.picture('7-no-crds')
    await at.page.locator('.cluster-card').getByRole('button', { name: 'Review and install…' }).click()
    const dialog = at.page.getByRole('dialog')
    await dialog.getByText('Create the definition rollouts.argoproj.io').waitFor()
    await at.picture('7-review')
    await dialog.getByText('Create the definition rollouts.argoproj.io').click()
    await dialog.getByText('"kind":"CustomResourceDefinition"').first().waitFor()
    expect(await dialog.locator('details').count()).toBe(5)
    note('the window', `${trouble}\n\n${await dialog.locator('header').innerText()}`)
    await dialog.getByRole('button', { name: 'Install' }).click()
    await at.clusterSays('harbor-4').toMatch(/Connected/)
    await at.leave()

    const bare = fileOf('bare', fleetKubeconfig([asked.entry()]))
    const before = await argosy(`get rollouts --kubeconfig ${bare}`)
    expect(before).toMatchObject({ code: 1, stdout: '' })
    expect(before.stderr).toContain(
      'does not know rollouts.argoproj.io: install the definitions with argosy crds install',
    )
    const installed = await argosy(`crds install --kubeconfig ${bare}`)
    expect(installed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^rollouts\.argoproj\.io created\n/) })
    expect((await argosy(`get rollouts --kubeconfig ${bare}`)).code).toBe(0)
  })

  it('keeps in its history a rollout whose namespace was deleted, and the engine takes it calmly', async () => {
    notes.push('## 8. A namespace deleted under a rollout')
    const one = clusterOf('harbor-1')
    one.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'doomed' } })
    one.create(resources.rollouts, canary('doomed-api', 'doomed'))
    await at.cellSays('doomed-api', 'harbor-1').toMatch(/Healthy/)
    one.setImage('doomed-api', 'registry.example/app:2', 'doomed')
    await at.cellSays('doomed-api', 'harbor-1').toMatch(/Paused/)
    const before = engine.stdout.length
    one.delete(resources.namespaces, { name: 'doomed' })
    await expect.poll(() => at.cell('doomed-api', 'harbor-1').count(), { timeout: 20_000 }).toBe(0)
    await at.goTo('#/history')
    await at.page.getByText('doomed-api').first().click()
    await at.page.getByText('The rollout was deleted.').waitFor()
    await at.picture('8-namespace-deleted')
    const [record = ''] = (await at.page.getByRole('main').innerText()).split('Previous event')
    note('the window, under History', record)
    const kept = await argosy('history')
    expect(kept.stdout).toMatch(/doomed\/doomed-api +harbor-1 +1 → 2 +Deleted .* The rollout was deleted\./)
    const asked = await argosy(`get rollout doomed-api --kubeconfig ${kubeconfig} --context harbor-1 -n doomed`)
    expect(asked).toMatchObject({ code: 1, stderr: 'rollouts.argoproj.io "doomed-api" not found\n' })
    const log = engine.stdout.slice(before)
    note('the log of the engine, from the deletion on', log === '' ? '(nothing)' : log)
    expect(log).not.toContain('"level":"error"')
    // A write that was on its way when the namespace went may fail; it is not tried over and over.
    expect([...log.matchAll(/"level":"warn"/g)].length).toBeLessThanOrEqual(2)
  })
})

describe('this machine', () => {
  it('with the port taken says which, and what to do', async () => {
    notes.push('## 9. The port is in use')
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const asked = await argosy(`serve --sandbox --port ${port}`)
    expect(asked).toMatchObject({ code: 1, stdout: '' })
    expect(asked.stderr).toBe(
      `argosy: Port ${port} is in use by another program. Choose another one with --port, or leave --port out.\n`,
    )
  })

  /** It is tried after 5, 20 and 80 seconds: a slow machine may make room just after one of these. */
  const nextTry = { within: 70_000 }

  it.runIf(hasSmallDisks())(
    'W9: with a full disk goes on, says once that history waits, and writes it when there is room',
    async () => {
      notes.push('## 10. The disk is full')
      const disk = join(folder, 'disk')
      mkdirSync(disk)
      const run = startArgosyOnSmallDisk(disk, ['serve', '--sandbox'], { ...env, ARGOSY_DATA: disk })
      onTestFinished(() => run.stop())
      const at = await openWindow(browser, run, pictures)
      await at.clusterSays('harbor-3').toMatch(/Driven here/)
      run.fill()
      await at
        .toastSays(/History cannot be written/)
        .toMatch(/disk.*full.*wait in memory and are written once that works again/s)
      await at.clusterSays('harbor-1').toMatch(/Connected, Driven here/)
      await at.picture('10-full-disk')
      expect(await at.page.locator('.toast').count()).toBe(1)
      note('the window', await at.page.locator('.toasts').innerText())
      run.makeRoom()
      await at.toastSays(/History is being written again/, nextTry).toContain('Nothing was lost.')
      expect(await at.page.locator('.toast').count()).toBe(1)
      await at.picture('10-room-again')
      note('the window, once there is room', await at.page.locator('.toasts').innerText())
      note('the log', run.stderr)
      await at.page.close()

      const late = startArgosyOnSmallDisk(disk, ['serve', '--sandbox'], { ...env, ARGOSY_DATA: disk }, { full: true })
      onTestFinished(() => late.stop())
      await expect.poll(() => late.stdout, { timeout: 20_000 }).toMatch(/^http:/m)
      expect(late.stdout).toMatch(
        /^History is kept in memory only\. \S+history-sandbox\.db cannot be used: .*disk is full.*Free some space/m,
      )
      note('`argosy serve`, when the disk is full from the start', late.stdout)
      const then = await openWindow(browser, late, pictures)
      late.makeRoom()
      await then.toastSays(/History is being written again/, nextTry).toContain('What was kept in memory is in')
      await then.page.close()
    },
    240_000,
  )
})
