package lars

import (
	"context"
	"sync"
	"time"

	"example.com/lars/internal/wire"
)

// State is how a program that serves is known.
type State string

// The states of an [Instance].
const (
	// Pending: the agent has it, dns not yet.
	Pending State = "pending"
	// Served: callers get it.
	Served State = "served"
	// NotReady: it said so, or the agent's check did.
	NotReady State = "not_ready"
	// Drained: a person drained it, or removed it by hand.
	Drained State = "drained"
	// Refused: it is not accepted any more.
	Refused State = "refused"
	// AgentAway: the agent does not answer. Callers go on as before.
	AgentAway State = "agent_away"
	// Leaving: callers get to know, calls under way may end.
	Leaving State = "leaving"
	// Closed: it has left.
	Closed State = "closed"
)

const (
	// quickPause is the first pause before the agent is asked again about what is
	// under way; it doubles.
	quickPause    = 20 * time.Millisecond
	leavePauseMax = 500 * time.Millisecond
	// doneMargin is the time beyond Drain in which the agent is to say that it is
	// done.
	doneMargin   = time.Second
	awayPause    = time.Second
	heartbeatMin = 100 * time.Millisecond
	heartbeatMax = 300 * time.Second
)

// Instance is a program that serves routes, until it is closed: see [Serve].
//
// A goroutine of its own tells the agent every few seconds that the program lives,
// and registers it again with an agent that has lost it.
type Instance struct {
	link     *registrationLink
	request  wire.RegisterRequest
	onChange func(State, string)
	// wake ends the present pause.
	wake chan struct{}
	done chan struct{}
	// pause and heartbeat are the goroutine's own.
	quick     time.Duration
	heartbeat time.Duration

	mu       sync.Mutex
	state    State
	reason   string
	notReady bool
	// asked is how often readiness was set, heard what of that the agent knows.
	asked, heard int
	// changed is closed, and replaced, when heard grows.
	changed chan struct{}
	// end is when it is to have left; zero while it stays.
	end time.Time
}

func newInstance(link *registrationLink, request wire.RegisterRequest, onChange func(State, string), accepted *wire.InstanceStatus) *Instance {
	i := &Instance{
		link:     link,
		request:  request,
		onChange: onChange,
		wake:     make(chan struct{}, 1),
		done:     make(chan struct{}),
		quick:    quickPause,
		notReady: request.NotReady,
		changed:  make(chan struct{}),
	}
	i.state, i.reason = i.take(accepted, request.NotReady)
	go i.run()
	return i
}

// ID is its name at the agent: 16 bytes.
func (i *Instance) ID() [16]byte { return *(*[16]byte)(i.request.Instance) }

// State is how it is known now, and why; an empty reason is none.
func (i *Instance) State() (State, string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.state, i.reason
}

// Done is closed when it has left.
func (i *Instance) Done() <-chan struct{} { return i.done }

// Ready asks for calls. It returns when the agent has heard it, the instance is
// closed, or ctx is done.
func (i *Instance) Ready(ctx context.Context) error { return i.setReady(ctx, true) }

// NotReady asks for no calls until [Instance.Ready]; it returns likewise.
func (i *Instance) NotReady(ctx context.Context) error { return i.setReady(ctx, false) }

func (i *Instance) setReady(ctx context.Context, ready bool) error {
	i.mu.Lock()
	i.notReady = !ready
	i.asked++
	asked := i.asked
	i.mu.Unlock()
	i.poke()
	for {
		i.mu.Lock()
		changed, isHeard := i.changed, i.heard >= asked
		i.mu.Unlock()
		if isHeard {
			return nil
		}
		select {
		case <-changed:
		case <-i.done:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close leaves: no new calls, those under way end, the agent forgets it. That takes
// the Drain that it registered with, or less when ctx is done. Twice is once.
func (i *Instance) Close(ctx context.Context) error {
	i.endBy(time.Now().Add(time.Duration(i.request.DrainMS) * time.Millisecond))
	select {
	case <-i.done:
		return nil
	case <-ctx.Done():
		i.endBy(time.Now().Add(-doneMargin))
		<-i.done
		return ctx.Err()
	}
}

func (i *Instance) endBy(end time.Time) {
	i.mu.Lock()
	if i.end.IsZero() || end.Before(i.end) {
		i.end = end
	}
	i.mu.Unlock()
	i.poke()
}

func (i *Instance) poke() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// leavesBy is when it is to have left, if it is to leave.
func (i *Instance) leavesBy() (time.Time, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.end, !i.end.IsZero()
}

func (i *Instance) run() {
	defer close(i.done)
	for {
		i.sleep(i.pause())
		if _, leaves := i.leavesBy(); leaves {
			break
		}
		i.beat()
	}
	i.leave()
	i.link.close()
	i.set(Closed, "")
}

func (i *Instance) sleep(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-i.wake:
	}
}

// pause is short while something is under way, and never in step with others.
func (i *Instance) pause() time.Duration {
	if state, _ := i.State(); state == AgentAway {
		return shorten(awayPause, 2)
	}
	pause := i.quick
	if pause > i.heartbeat {
		pause = i.heartbeat
	} else {
		i.quick *= 2
	}
	return shorten(pause, 5)
}

func (i *Instance) beat() {
	i.mu.Lock()
	notReady, asked := i.notReady, i.asked
	if asked > i.heard {
		i.quick = quickPause
	}
	i.mu.Unlock()
	status := i.link.beat(i.request.Instance, notReady)
	if status != nil && status.State == wire.Unknown {
		i.quick = quickPause
		request := i.request
		request.NotReady = notReady
		status = i.link.register(&request)
	}
	if status == nil {
		i.set(AgentAway, "it does not answer")
		return
	}
	i.set(i.take(status, notReady))
	i.mu.Lock()
	i.heard = asked
	close(i.changed)
	i.changed = make(chan struct{})
	i.mu.Unlock()
}

// take is what an answer means.
func (i *Instance) take(status *wire.InstanceStatus, notReady bool) (State, string) {
	i.heartbeat = time.Duration(status.HeartbeatMS) * time.Millisecond
	if i.heartbeat < heartbeatMin {
		i.heartbeat = heartbeatMin
	} else if i.heartbeat > heartbeatMax {
		i.heartbeat = heartbeatMax
	}
	state := Pending
	switch status.State {
	case wire.Served:
		state = Served
	case wire.Refused:
		state = Refused
	case wire.NotReady:
		state = NotReady
	case wire.Drained:
		state = Drained
	}
	if state != Pending && (state != NotReady || notReady) {
		i.quick = heartbeatMax
	}
	return state, status.Reason
}

func (i *Instance) leave() {
	i.set(Leaving, "")
	for pause := quickPause; ; pause *= 2 {
		end, _ := i.leavesBy()
		left := time.Until(end)
		drainMS := uint32(1) // 0 would be as it registered.
		if left > time.Millisecond {
			drainMS = uint32(left / time.Millisecond)
		}
		answer := i.link.deregister(i.request.Instance, drainMS)
		end, _ = i.leavesBy()
		left = time.Until(end)
		if answer != nil && answer.Done || left <= -doneMargin {
			return
		}
		if left < quickPause {
			left = quickPause
		}
		i.sleep(shortest(pause, shortest(leavePauseMax, left)))
	}
}

func shortest(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

func (i *Instance) set(state State, reason string) {
	i.mu.Lock()
	isSame := i.state == state && i.reason == reason
	i.state, i.reason = state, reason
	i.mu.Unlock()
	if !isSame && i.onChange != nil {
		i.onChange(state, reason)
	}
}
