package lars

import (
	"errors"
	"fmt"
)

// Reasons for which there is no host to call; see [NoHostError].
var (
	// ErrOverloaded tells that every host is overloaded, and no probe is due.
	ErrOverloaded = errors.New("every host is overloaded")
	// ErrNoRoute tells that the agent knows no hosts for the route. It pulls a
	// route that is new to it, so a later answer may differ: see
	// [Client.Register].
	ErrNoRoute = errors.New("the agent knows no such route")
	// ErrSystem tells that the agent cannot answer now, or that 65,536
	// requests of this client wait already.
	ErrSystem = errors.New("the agent or this client cannot answer now")
	// ErrUnreachable tells that no agent answers.
	ErrUnreachable = errors.New("no agent answers")
	// ErrClosed tells that the client is closed.
	ErrClosed = errors.New("the client is closed")
)

// NoHostError tells that there is no host to call, and why: Err is one of the
// reasons above or the error of the context, for [errors.Is].
type NoHostError struct {
	ModID, CmdID int32
	Err          error
}

// Error implements error.
func (e *NoHostError) Error() string {
	return fmt.Sprintf("lars: no host for (%d, %d): %v", e.ModID, e.CmdID, e.Err)
}

// Unwrap returns the reason.
func (e *NoHostError) Unwrap() error { return e.Err }
