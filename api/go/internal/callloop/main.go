// Callloop calls route (1, 1) about 1,000 times a second until its standard input
// ends, for tests of clients against an agent that goes away. A call to one of
// the hosts, which the first argument names, fails. Ten times a second it prints
// what it did so far, as a line of JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"example.com/lars"
)

const (
	callers = 20
	// pause of a caller between two calls.
	pause = 20 * time.Millisecond
)

// progress is what the loop did so far.
type progress struct {
	Calls int `json:"calls"`
	// NoHost are the reasons of calls for which there was no host.
	NoHost   []string       `json:"noHost"`
	Hosts    map[string]int `json:"hosts"`
	StandIns uint64         `json:"standIns"`
	Up       bool           `json:"up"`
}

func main() {
	client, err := lars.Open()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	loop := &loop{client: client, failing: os.Args[1]}
	loop.progress.NoHost, loop.progress.Hosts = []string{}, map[string]int{}
	ctx, cancel := context.WithCancel(context.Background())
	for client.Register(ctx, 1, 1) != nil {
		// The agent has yet to pull the route.
	}
	var running sync.WaitGroup
	for i := 0; i < callers; i++ {
		running.Add(1)
		go func() {
			defer running.Done()
			for ctx.Err() == nil {
				loop.call()
				time.Sleep(pause)
			}
		}()
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	for ctx.Err() == nil {
		loop.print()
		time.Sleep(100 * time.Millisecond)
	}
	running.Wait()
	loop.print()
}

type loop struct {
	client  *lars.Client
	failing string

	mu       sync.Mutex
	progress progress
}

var errFailing = errors.New("the host fails")

func (l *loop) call() {
	err := l.client.Call(context.Background(), 1, 1, func(_ context.Context, host lars.Host) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.progress.Calls++
		l.progress.Hosts[host.String()]++
		if host.String() == l.failing {
			return errFailing
		}
		return nil
	})
	if err != nil && err != errFailing {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.progress.NoHost = append(l.progress.NoHost, err.Error())
	}
}

func (l *loop) print() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress.StandIns, l.progress.Up = l.client.Counters().StandIns, l.client.AgentUp()
	json.NewEncoder(os.Stdout).Encode(l.progress)
}
