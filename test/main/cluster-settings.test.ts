import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '#lib/log.ts'
import { metricSettingsFor, readMetricSettings, trafficSettingsFor, usualTraffic } from '#main/cluster-settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const program = { path: '/opt/argosy/orders', sha256: 'A'.repeat(64) }
const write = (content: unknown, mode = 0o600) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  writeFileSync(join(folder, 'clusters.json'), text)
  chmodSync(join(folder, 'clusters.json'), mode)
}
const otherwise = { controllerNamespace: 'argo-rollouts', env: { AWS_REGION: 'eu-central-1', DD_API_KEY: 'old' } }

describe('settings of a cluster', () => {
  it('PRV-108, PRV-1502: are those of its context, over what counts otherwise', () => {
    const metrics = {
      controllerNamespace: 'rollouts',
      env: { DD_API_KEY: 'new' },
      timeZone: 'Asia/Shanghai',
      plugins: { 'acme/orders': program },
    }
    write({ prod: { metrics, more: 1 }, other: {} })
    const where = { folder, log: silentLog }
    expect(metricSettingsFor('prod', otherwise, where)).toEqual({
      ...metrics,
      env: { AWS_REGION: 'eu-central-1', DD_API_KEY: 'new' },
    })
    expect(metricSettingsFor('other', otherwise, where)).toEqual(otherwise)
    expect(metricSettingsFor('toString', otherwise, where)).toEqual(otherwise)
  })

  it('ALB-17, FEA-3: say whether AWS is asked about load balancers, which it is not unless it is said', () => {
    write({ prod: { traffic: { awsVerifyTargetGroups: true } }, other: { traffic: { albTagKey: 'team/resource' } } })
    const where = { folder, log: silentLog }
    expect(trafficSettingsFor('prod', where)).toEqual({ ...usualTraffic, awsVerifyTargetGroups: true })
    expect(trafficSettingsFor('other', where)).toEqual({ ...usualTraffic, albTagKey: 'team/resource' })
    expect(trafficSettingsFor('third', where)).toEqual(usualTraffic)
    const logged: string[] = []
    write({ prod: { traffic: { awsVerify: true } } })
    const log = (_level: string, message: string) => void logged.push(message)
    expect(trafficSettingsFor('prod', { folder, log })).toEqual(usualTraffic)
    expect(logged).toEqual(['the settings of clusters cannot be used'])
  })

  it('IST-3: say in which cluster its Istio objects are, and that others have theirs here', () => {
    write({ east: { traffic: { istioPrimary: 'mesh' } }, mesh: { traffic: { istioPrimary: 'mesh' } }, lone: {} })
    const where = { folder, log: silentLog }
    expect(trafficSettingsFor('east', where)).toEqual({ ...usualTraffic, istioPrimary: 'mesh' })
    expect(trafficSettingsFor('mesh', where)).toMatchObject({ isIstioPrimary: true })
    expect(trafficSettingsFor('lone', where)).toEqual(usualTraffic)
  })

  it('PRV-1502: are none without a file', () => {
    expect(readMetricSettings(folder, 'prod')).toEqual({ ok: true, value: {} })
    expect(readMetricSettings(join(folder, 'absent'), 'prod')).toEqual({ ok: true, value: {} })
  })

  it.each([
    ['{"prod": s3cr3t', "invalid character 's' in a JSON value"],
    [{ prod: 7 }, 'contexts.prod: expected Object'],
    [{ prod: { metrics: { env: { DD_API_KEY: 7 } } } }, 'contexts.prod.metrics.env.DD_API_KEY: expected string'],
    [{ prod: { metrics: { enf: {} } } }, 'contexts.prod.metrics.enf: expected never'],
    [{ prod: { metrics: { controllerNamespace: '' } } }, 'contexts.prod.metrics.controllerNamespace: expected >=1'],
    [
      { x: { metrics: { plugins: { a: { ...program, sha256: 'abc' } } } } },
      'contexts.x.metrics.plugins.a.sha256: expected',
    ],
    [
      { x: { metrics: { plugins: { a: { ...program, args: ['s3cr3t'] } } } } },
      'contexts.x.metrics.plugins.a.args: expected never',
    ],
  ])('PRV-1302, PRV-1503: %j is refused, and no value of it is told', (content, cause) => {
    write(content)
    const read = readMetricSettings(folder, 'prod')
    expect(read.ok ? '' : read.error).toContain(`clusters.json is not as it should be: ${cause}`)
    expect(JSON.stringify(read)).not.toContain('s3cr3t')
  })

  it.each([0o644, 0o640, 0o620, 0o602])('PRV-1503: are not taken from a file of mode %o', (mode) => {
    write({ prod: { metrics: { env: { DD_API_KEY: 's3cr3t' } } } }, mode)
    expect(readMetricSettings(folder, 'prod')).toEqual({
      ok: false,
      error: `${join(folder, 'clusters.json')} can be read or changed by others. Run chmod 600 on it.`,
    })
  })

  it('PRV-1502: that cannot be used are logged, and left out', () => {
    mkdirSync(join(folder, 'clusters.json'), { mode: 0o700 })
    const told: unknown[] = []
    const log = (...line: readonly unknown[]) => void told.push(line)
    expect(metricSettingsFor('prod', otherwise, { folder, log })).toEqual(otherwise)
    expect(told).toEqual([
      [
        'error',
        'the settings of clusters cannot be used',
        { context: 'prod', cause: `${join(folder, 'clusters.json')} cannot be read (EISDIR).` },
      ],
    ])
  })
})
