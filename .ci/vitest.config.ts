import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { mutationPlugin } from '../test/sim/mutation-plugin.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  test: {
    reporters: ['default', './.ci/plain-summary.ts'],
    // One core fewer when left alone: half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        root,
        plugins: mutationPlugin(),
        test: {
          name: 'engine',
          include: ['test/main/{engine,api,lib}/**/*.test.ts'],
          setupFiles: ['test/support/no-ambient-time.ts'],
          // Pure code has nothing to keep from the next file.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        root,
        plugins: mutationPlugin(),
        test: {
          name: 'main',
          include: ['test/{main,preload,contract,conformance,sim,fuzz,judge,architecture}/**/*.test.ts'],
          // A gateway is built once, for minutes: only who names one plays with it on the sandbox.
          exclude: [
            'test/main/{engine,api,lib}/**',
            'test/conformance/metrics/**',
            // A control plane of its own is started for it.
            'test/conformance/audit/**',
            'test/conformance/ownership/**',
            ...(process.env['ARGOSY_TRAEFIK'] === undefined ? ['test/conformance/dataplane/**'] : []),
          ],
          // Each file ends what it began; a worker of its own costs it a fifth of a second.
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        root,
        // Those of the main project that also hold on a real API server, those on real servers of metrics, and those with a real
        // gateway; run by .ci/test-cluster.ts alone.
        test: {
          name: 'cluster',
          include:
            process.env['ARGOSY_TEST_KUBECONFIG'] === undefined
              ? []
              : ['test/conformance/{api,audit,dataplane,metrics,ownership,rollout}/**/*.test.ts'],
          testTimeout: 180_000,
        },
      },
      {
        root,
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          testTimeout: 20_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
