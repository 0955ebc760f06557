// Elector is the in-cluster controller as far as leading goes: client-go's own election with the timings of the Argo Rollouts controller.
// While it leads it changes one ConfigMap again and again. On SIGTERM it ends in order and gives the lease back.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	coordination "k8s.io/client-go/kubernetes/typed/coordination/v1"
	core "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	server, namespace, lock, identity := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	// JSON, so that the test can read what goes by.
	config := &rest.Config{Host: server, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}
	leases, configMaps := coordination.NewForConfigOrDie(config), core.NewForConfigOrDie(config)
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	stop := make(chan struct{})
	leads := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-stop:
			return
		case <-leads:
		}
		for count := 0; ; count++ {
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-time.After(300 * time.Millisecond):
			}
			patch := fmt.Sprintf(`{"data":{"count":"%d"}}`, count)
			options := metav1.PatchOptions{}
			_, err := configMaps.ConfigMaps(namespace).Patch(ctx, "counter", types.MergePatchType, []byte(patch), options)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}()
	go func() {
		<-told
		close(stop)
		<-done
		cancel()
	}()
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: lock},
			Client:     leases,
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		},
		LeaseDuration:   15 * time.Second,
		RenewDeadline:   10 * time.Second,
		RetryPeriod:     2 * time.Second,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { leads <- struct{}{} },
			OnStoppedLeading: func() {},
		},
	})
}
