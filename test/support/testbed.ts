import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'

const config = loadKubeconfig({ paths: [process.env['ARGOSY_TEST_KUBECONFIG'] ?? ''] })

/** Whether the cluster of the tests is a test bed: its network is this machine's loopback. */
export const isTestbed = config.ok && config.value.currentContext?.startsWith('testbed-') === true
