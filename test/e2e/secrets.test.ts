import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type CliProcess, runArgosy, startArgosy } from '#test/support/cli-process.ts'
import { leaks, leaksInFolder, plantSecrets } from '#test/support/planted-secrets.ts'
import { type RawApi, rawApi } from '#test/support/raw-api.ts'

const folder = mkdtempSync(join(tmpdir(), 'argosy-secrets-'))
const [data, exported, kubeconfig] = [join(folder, 'data'), join(folder, 'exported'), join(folder, 'kubeconfig')]
const planted = plantSecrets(20_261_129)
const env = { ARGOSY_DATA: data, KUBECONFIG: kubeconfig }
const running: CliProcess[] = []
let browser: Browser
let api: RawApi

async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await is()) return
    await sleep(200)
  }
  throw new Error(`never: ${what}\n${running.map(({ stdout, stderr }) => stdout + stderr).join('\n')}`)
}

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, string> }[]
  users: { name: string; user: Record<string, unknown> }[]
  contexts: { name: string; context: Record<string, string> }[]
}

/** One cluster that answers, and strangers with credentials of each kind that cannot be reached. */
function addStrangers(): RawApi {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const { server = '', 'certificate-authority-data': ca = '' } = config.clusters[0]?.cluster ?? {}
  const token = String(config.users[0]?.user['token'])
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'false',
    interactiveMode: 'Never',
    env: [{ name: 'CLIENT_SECRET', value: planted.execVariable }],
  }
  const users = {
    token: { token: planted.kubeToken },
    basic: { username: 'a', password: planted.kubePassword },
    exec: { exec },
  }
  for (const [name, user] of Object.entries(users)) {
    config.clusters.push({ name, cluster: { server: 'http://127.0.0.1:9' } })
    config.users.push({ name, user })
    config.contexts.push({ name, context: { cluster: name, user: name } })
  }
  writeFileSync(kubeconfig, stringify(config))
  return rawApi({ url: server, headers: { Authorization: `Bearer ${token}` }, ca: Buffer.from(ca, 'base64') })
}

const template = (image: string) => ({
  metadata: { labels: { app: 'web' }, annotations: { 'vault/token': planted.annotation } },
  spec: {
    containers: [
      {
        name: 'web',
        image,
        env: [
          { name: 'DB_PASSWORD', value: planted.env },
          { name: 'SESSION_SECRET', value: planted.unicode },
          { name: 'LOG_LEVEL', value: 'plain-value' },
        ],
        envFrom: [{ secretRef: { name: 'web' } }],
        args: [`--token=${planted.argument}`, '--password', planted.argument],
        volumeMounts: [{ name: 'secret', mountPath: '/secret' }],
      },
    ],
    volumes: [{ name: 'secret', secret: { secretName: 'web' } }],
  },
})

const argo = '/apis/argoproj.io/v1alpha1/namespaces/default'
const put = async (path: string, body: Readonly<Record<string, unknown>>) => {
  const answer = await api.send('POST', path, { body })
  if (answer.code >= 300) throw new Error(JSON.stringify(answer.body))
  return answer.body as { readonly metadata: { readonly uid: string } }
}

async function plant(): Promise<void> {
  const secret = (name: string, value: string) =>
    put('/api/v1/namespaces/default/secrets', {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } },
      data: { password: Buffer.from(value).toString('base64') },
    })
  await secret('web', planted.secretData)
  await secret('argo-rollouts-notification-secret', planted.notification)
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      strategy: {
        canary: {
          steps: [
            { setWeight: 50 },
            {
              analysis: {
                templates: [{ templateName: 'web' }],
                args: [{ name: 'api-token', value: planted.analysisArgument }],
              },
            },
            { pause: {} },
          ],
        },
      },
      template: template('web:1'),
    },
  }
  const applied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(rollout) }
  await put(`${argo}/analysistemplates`, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'web' },
    spec: {
      args: [
        { name: 'api-token' },
        { name: 'password', valueFrom: { secretKeyRef: { name: 'web', key: 'password' } } },
      ],
      metrics: [
        {
          name: 'errors',
          failureLimit: 5,
          consecutiveErrorLimit: 5,
          interval: '2s',
          count: 2,
          provider: {
            web: {
              url: 'http://127.0.0.1:9/?token={{args.api-token}}',
              headers: [
                { key: 'Authorization', value: `Bearer ${planted.header}` },
                { key: 'X-Key', value: '{{args.password}}' },
              ],
              jsonPath: '{$.value}',
            },
          },
        },
      ],
    },
  })
  const { uid } = (
    await put(`${argo}/rollouts`, { ...rollout, metadata: { ...rollout.metadata, annotations: applied } })
  ).metadata
  await put('/api/v1/namespaces/default/events', {
    ...{
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1' },
      type: 'Warning',
      reason: 'FailedPull',
      count: 1,
    },
    involvedObject: { apiVersion: rollout.apiVersion, kind: 'Rollout', name: 'web', namespace: 'default', uid },
    message: `registry says no to token=${planted.event}`,
    lastTimestamp: new Date().toISOString(),
  })
}

beforeAll(async () => {
  for (const each of [data, exported]) mkdirSync(each)
  const sandbox = startArgosy(
    ['sandbox', '--clusters', '1', '--no-demo', '--engine', '--speed', '20', '--kubeconfig', kubeconfig],
    env,
  )
  running.push(sandbox)
  await until('a sandbox', () => /Ctrl-C|drives|leads|lease/.test(sandbox.stdout + sandbox.stderr))
  api = addStrangers()
  await plant()
  browser = await chromium.launch({
    executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  for (const each of running) await each.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Every page that shows something of the Rollout; what it shows, and every message to it. */
async function lookAround(page: Page, url: string): Promise<Readonly<Record<string, string>>> {
  const told: Record<string, string> = {}
  page.on('websocket', (socket) => {
    const keep = ({ payload }: { readonly payload: string | Buffer }) =>
      (told['messages'] = (told['messages'] ?? '') + payload.toString())
    socket.on('framereceived', keep)
  })
  page.on('console', (message) => (told['console'] = (told['console'] ?? '') + message.text()))
  await page.goto(url)
  const rollout = 'harbor-1/default/web'
  const addresses = [
    '#/',
    `#/rollout/${rollout}`,
    `#/rollout/${rollout}?at=${new Date(Date.now() - 3000).toISOString()}`,
    `#/diff/${rollout}`,
    '#/diff',
    '#/releases',
    '#/plans',
    '#/history',
  ]
  for (const address of addresses) {
    await page.evaluate((hash) => (location.hash = hash), address)
    await sleep(1200)
    told[address] = await page.content()
  }
  return told
}

it('W9, UI-DIFF-3, UI-HIST-6: no secret is in any history, message, page, log, export or report', {
  timeout: 120_000,
}, async () => {
  const window = startArgosy(['serve', '--kubeconfig', kubeconfig], env)
  running.push(window)
  await until('an address', () => /http:\S+/.test(window.stdout))
  const rolloutPath = `${argo}/rollouts/web`
  const status = async () =>
    (await api.send<{ status?: { phase?: string; message?: string } }>('GET', rolloutPath)).body.status
  await until('a healthy rollout', async () => (await status())?.phase === 'Healthy')
  const page = await browser.newPage()
  const [url = ''] = /http:\S+/.exec(window.stdout) ?? []
  await page.goto(url)
  await sleep(6000)
  const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' }]
  await api.send('PATCH', rolloutPath, { body: image, headers: { 'Content-Type': 'application/json-patch+json' } })
  await until('an analysis', async () =>
    JSON.stringify((await api.send('GET', `${argo}/analysisruns`)).body).includes('errors'),
  )
  await sleep(5000)
  const seen = await lookAround(page, new URL('/', url).href)
  const told: Record<string, string> = { ...seen }
  const at = ['--kubeconfig', kubeconfig, '--context', 'harbor-1']
  const commands = [
    ['retry', 'web', ...at, '--reason', `because token=${planted.reason}`],
    ['get', 'rollout', 'web', ...at],
    ['preview', 'web', ...at],
    ['history', ...at],
    ['history', '--actions'],
    ['history', '--writes'],
    ['history', 'export'],
    ['bundle', 'export', '--since', '1h', '--file', join(exported, 'all.argosy')],
    ['report', '--html', '--since', '1h', '--file', join(exported, 'report.html')],
    ['report', '--markdown', '--since', '1h', '--file', join(exported, 'report.md')],
    ['get', '--kubeconfig', kubeconfig, '--all-contexts'],
  ]
  for (const words of commands) {
    const { stdout, stderr, code } = await runArgosy(words, env)
    if (code !== 0 && code !== 3) throw new Error(`${words.join(' ')}: ${stdout}${stderr}`)
    told[`argosy ${words.slice(0, 2).join(' ')} (${code})`] = stdout + stderr
  }
  await sleep(2000)
  Object.assign(told, { later: await page.content() })
  await page.close()
  for (const each of running.splice(0).toReversed()) {
    await each.stop()
    told[`log of ${each.child.spawnargs[2]}`] = each.stdout + each.stderr
  }
  // What it looks for is what was there to be told: the plain value beside the secret ones is.
  expect(told['messages']).toContain('plain-value')
  expect(leaksInFolder(data, { plain: 'plain-value' })).not.toEqual([])
  const found = [
    ...Object.entries(told).flatMap(([place, text]) => leaks(place, text, planted)),
    ...leaksInFolder(data, planted),
    ...leaksInFolder(exported, planted),
  ]
  expect([...new Set(found)]).toEqual([])
})
