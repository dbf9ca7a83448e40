package wire

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// vectors are what Google's own protobuf encoder made.
const vectors = "../../../../tests/wire/vectors.json"

// vector is a message as JSON, its fields by their names in lars.proto, and as
// bytes.
type vector struct {
	Name    string
	ID      MessageID
	Message string
	Value   struct {
		Seq          uint32
		ModID, CmdID int32
		Retcode      int32
		Host         json.RawMessage
	}
	Frame string
}

// message returns the vector's value; nil for those that clients do not speak.
func (v *vector) message(t *testing.T) Message {
	var host *HostInfo
	value := &v.Value
	switch v.Message {
	case "GetHostRequest":
		return &GetHostRequest{Seq: value.Seq, ModID: value.ModID, CmdID: value.CmdID}
	case "GetHostResponse":
		v.host(t, &host)
		return &GetHostResponse{Seq: value.Seq, ModID: value.ModID, CmdID: value.CmdID, ReturnCode: ReturnCode(value.Retcode), Host: host}
	case "ReportRequest":
		v.host(t, &host)
		return &ReportRequest{ModID: value.ModID, CmdID: value.CmdID, Host: host, ReturnCode: value.Retcode}
	case "GetRouteRequest":
		return &GetRouteRequest{ModID: value.ModID, CmdID: value.CmdID}
	case "GetRouteResponse":
		route := &GetRouteResponse{ModID: value.ModID, CmdID: value.CmdID}
		v.host(t, &route.Hosts)
		return route
	}
	return nil
}

func (v *vector) host(t *testing.T, into any) {
	if len(v.Value.Host) == 0 {
		return
	}
	if err := json.Unmarshal(v.Value.Host, into); err != nil {
		t.Fatal(err)
	}
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestVectors(t *testing.T) {
	spoken := 0
	for _, v := range readVectors(t) {
		v := v
		message := v.message(t)
		if message == nil {
			continue
		}
		spoken++
		t.Run(v.Name, func(t *testing.T) {
			if got := hex.EncodeToString(Encode(v.ID, message)); got != v.Frame {
				t.Errorf("encoded\n%s, want\n%s", got, v.Frame)
			}
			frame, err := hex.DecodeString(v.Frame)
			if err != nil {
				t.Fatal(err)
			}
			id, body, err := Decode(frame)
			if err != nil || id != v.ID {
				t.Fatalf("Decode: %d, %v", id, err)
			}
			decoded := reflect.New(reflect.TypeOf(message).Elem()).Interface().(Message)
			if err := decoded.Unmarshal(body); err != nil || !reflect.DeepEqual(decoded, message) {
				t.Errorf("decoded %+v, %v, want %+v", decoded, err, message)
			}
			// Field 99, of a later version.
			later := append(append([]byte(nil), body...), 0x98, 0x06, 0x01)
			if err := decoded.Unmarshal(later); err != nil || !reflect.DeepEqual(decoded, message) {
				t.Errorf("with a field of a later version: %+v, %v", decoded, err)
			}
		})
	}
	if spoken != 16 {
		t.Errorf("%d vectors of messages that clients speak, want 16", spoken)
	}
}
