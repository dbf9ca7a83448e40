// Package lars asks the agent of this machine which host to call for a
// (modid, cmdid), and reports how the call went.
//
//	client, err := lars.Open()
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	err = client.Call(ctx, 1, 1, func(ctx context.Context, host lars.Host) error {
//		conn, err := net.Dial("tcp", host.String())
//		if err != nil {
//			return err
//		}
//		return conn.Close()
//	})
//
// A [Client] is safe for any number of goroutines: they share three sockets, and
// under load also datagrams. [Transport] calls hosts over HTTP, for URLs such as
// lars://1.1/path.
//
// An agent that is away for up to a minute costs no call: until it is back the
// client picks hosts from what it remembers of the routes in use, and marks them
// as StandIn.
package lars
