package lars

import (
	"context"
	"errors"
	"sync"
	"time"
)

// callFailed is the return code of a call that failed.
const callFailed = 1

// call is a call to a host, from the pick to the report.
type call struct {
	client       *Client
	modID, cmdID int32
	host         Host
	start        time.Time
	// duration of the call; 0: until it ends.
	duration time.Duration
	once     sync.Once
}

func (c *Client) begin(modID, cmdID int32, host Host) *call {
	return &call{client: c, modID: modID, cmdID: cmdID, host: host, start: time.Now()}
}

// end reports the call, once. One that its caller canceled says nothing of the
// host: its pick is taken back. One that ran into a deadline is a failure.
func (c *call) end(ctx context.Context, err error) {
	c.once.Do(func() {
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			c.client.giveBack(c.modID, c.cmdID, c.host)
			return
		}
		result := CallResult{Host: c.host, Duration: c.duration}
		if result.Duration == 0 {
			result.Duration = time.Since(c.start)
		}
		if err != nil {
			result.ReturnCode = callFailed
		}
		// Fails only when the client is closed.
		_ = c.client.Report(c.modID, c.cmdID, result)
	})
}
