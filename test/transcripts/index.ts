import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { play } from './play.ts'
import { scenarios } from './scenarios/index.ts'

/*
 * `node test/transcripts/index.ts --kubeconfig FILE [--at-once N] [--controller PATH] [NAME…]`: plays scenarios, each in a namespace of
 * its own of the current context, and prints transcripts. Ends with 1 when something did not hold. `--controller` shows another Rollouts
 * controller in the place of the engine.
 */

const { values, positionals } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    controller: { type: 'string' },
    'at-once': { type: 'string', default: '5' },
  },
  allowPositionals: true,
})

const print = (text: string): boolean => process.stdout.write(`${text}\n`)

async function main(kubeconfig: string): Promise<void> {
  const names = Object.keys(scenarios).filter(
    (name) => positionals.length === 0 || positionals.some((each) => name.startsWith(each)),
  )
  const compileCache = mkdtempSync(join(tmpdir(), 'argosy-transcripts-'))
  const waiting = [...names]
  const failures: string[] = []
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const scenario = scenarios[name]
      if (scenario === undefined) continue
      const lines: string[] = []
      const { controller } = values
      const played = await play(scenario, {
        kubeconfig,
        controller,
        compileCache,
        print: (line) => void lines.push(line),
      })
      print(`\n## ${name}: ${scenario.title}\n\n${lines.join('\n')}`)
      failures.push(...played.failures.map((text) => `${name}: ${text}`))
    }
  }
  await Promise.all(Array.from({ length: Number(values['at-once']) }, worker))
  rmSync(compileCache, { recursive: true })
  print(
    `\n${names.length} scenarios in ${(performance.now() / 1000).toFixed(0)} s, ${failures.length} failed assertions`,
  )
  for (const each of failures) print(`✗ ${each}`)
  process.exitCode = failures.length === 0 && names.length > 0 ? 0 : 1
}

if (values.kubeconfig === undefined) {
  print('--kubeconfig FILE is missing: a cluster with the Rollouts CRDs, as `npm run testbed -- up` starts one')
  process.exitCode = 2
} else await main(values.kubeconfig)
