package wire

import (
	"encoding/hex"
	"net/netip"
	"reflect"
	"testing"
)

var (
	one = HostInfo{IP: -1062731343, Port: 7777}
	two = HostInfo{IP: 2130706433, Port: 65535, Overload: true}
)

// Bytes of the fields that Lars added, by hand from proto/README.md.
var added = []struct {
	name    string
	message Message
	body    string
}{
	{
		"a request for two hosts with a result",
		&GetHostRequest{Seq: 7, ModID: 1, CmdID: 1, Count: 2, Results: []CallResult{{Host: one, ReturnCode: 1, DurationUS: 1500}}},
		"080710011801" + "800102" + "8a0115" + "0a0e08b183a085fcffffffff0110e13c" + "1001" + "18dc0b",
	},
	{
		"an unused host",
		&ReportRequest{ModID: 1, CmdID: 1, More: []CallResult{{Host: one, Unused: true}}},
		"08011001" + "8a0112" + "0a0e08b183a085fcffffffff0110e13c" + "2001",
	},
	{
		"a measured report",
		&ReportRequest{ModID: 1, CmdID: 1, Host: &one, DurationUS: 1},
		"08011001" + "1a0e08b183a085fcffffffff0110e13c" + "800101",
	},
	{
		"two hosts for 20 ms",
		&GetHostResponse{Seq: 7, ModID: 1, CmdID: 1, Host: &one, More: []HostInfo{one}, UseMS: 20},
		"080710011801" + "2a0e08b183a085fcffffffff0110e13c" + "82010e08b183a085fcffffffff0110e13c" + "880114",
	},
	{
		"a route with states",
		&GetRouteRequest{ModID: 1, CmdID: 2, WithState: true},
		"08011002" + "800101",
	},
	{
		"a host that is overloaded",
		&GetRouteResponse{ModID: 1, CmdID: 2, Hosts: []HostInfo{two}},
		"08011002" + "1a0d08818080f80710ffff03800101",
	},
}

func TestFieldsThatLarsAdded(t *testing.T) {
	for _, each := range added {
		each := each
		t.Run(each.name, func(t *testing.T) {
			if got := hex.EncodeToString(each.message.AppendTo(nil)); got != each.body {
				t.Errorf("encoded\n%s, want\n%s", got, each.body)
			}
			body, err := hex.DecodeString(each.body)
			if err != nil {
				t.Fatal(err)
			}
			decoded := reflect.New(reflect.TypeOf(each.message).Elem()).Interface().(Message)
			if err := decoded.Unmarshal(body); err != nil || !reflect.DeepEqual(decoded, each.message) {
				t.Errorf("decoded %+v, %v", decoded, err)
			}
		})
	}
}

func TestReportsOfAnUnusedHostHaveNoResultOfTheirOwn(t *testing.T) {
	results := []CallResult{{Host: one, Unused: true}, {Host: two}}
	if report := NewReportRequest(1, 1, results); report.Host != nil || len(report.More) != 2 {
		t.Errorf("%+v", report)
	}
	if report := NewReportRequest(1, 1, results[1:]); *report.Host != two || len(report.More) != 0 {
		t.Errorf("%+v", report)
	}
}

func TestLongNestedMessagesHaveLongLengths(t *testing.T) {
	body := appendMessage(nil, 1, longMessage(300))
	f := fields{rest: body}
	if !f.next() || len(f.body) != 300 || f.next() || f.err != nil {
		t.Errorf("read %d bytes, %v", len(f.body), f.err)
	}
}

type longMessage int

func (m longMessage) AppendTo(b []byte) []byte { return append(b, make([]byte, m)...) }

func TestEveryTruncationIsMalformedOrShorter(t *testing.T) {
	for _, v := range readVectors(t) {
		frame, err := hex.DecodeString(v.Frame)
		if err != nil {
			t.Fatal(err)
		}
		for size := range frame {
			if _, _, err := Decode(frame[:size]); err == nil {
				t.Errorf("%s: %d bytes of %d are a frame", v.Name, size, len(frame))
			}
		}
		if _, _, err := Decode(append(frame, 0)); err == nil {
			t.Errorf("%s: a byte more is a frame", v.Name)
		}
	}
}

func TestOddButValidBodies(t *testing.T) {
	for name, each := range map[string]struct {
		body string
		want GetHostRequest
	}{
		"the last of two counts":              {"08070808", GetHostRequest{Seq: 8}},
		"a longer varint than needed":         {"0887808000", GetHostRequest{Seq: 7}},
		"the low 32 bits of more":             {"088780808010", GetHostRequest{Seq: 7}},
		"a known number of another type":      {"0a0107" + "1001", GetHostRequest{ModID: 1}},
		"a fixed64 and a fixed32":             {"f1060102030405060708" + "f50601020304" + "0807", GetHostRequest{Seq: 7}},
		"a group in a group":                  {"f306" + "fb060801fc06" + "f406" + "0807", GetHostRequest{Seq: 7}},
		"a result whose host comes in halves": {"8a010a" + "0a020801" + "0a021050" + "1001", GetHostRequest{Results: []CallResult{{Host: HostInfo{IP: 1, Port: 80}, ReturnCode: 1}}}},
	} {
		body, err := hex.DecodeString(each.body)
		if err != nil {
			t.Fatal(err)
		}
		var got GetHostRequest
		if err := got.Unmarshal(body); err != nil || !reflect.DeepEqual(got, each.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, each.want)
		}
	}
}

func TestMalformedBodies(t *testing.T) {
	for name, body := range map[string]string{
		"a varint that does not end":           "08ff",
		"a varint of eleven bytes":             "08ffffffffffffffffffff01",
		"field number 0":                       "0007",
		"wire type 6":                          "0e",
		"the end of a group that has no start": "f406",
		"a group that does not end":            "f3060801",
		"a length beyond the end":              "8a010501",
		"a result that is malformed":           "8a010208ff",
	} {
		bytes, err := hex.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := new(GetHostRequest).Unmarshal(bytes); err == nil {
			t.Errorf("%s is a message", name)
		}
	}
}

func TestHostInfoAddrPort(t *testing.T) {
	address, ok := one.AddrPort()
	if want := netip.MustParseAddrPort("192.168.1.177:7777"); !ok || address != want {
		t.Errorf("%v, %v, want %v", address, ok, want)
	}
	if back := NewHostInfo(address); back != one {
		t.Errorf("%+v, want %+v", back, one)
	}
	for _, impossible := range []*HostInfo{nil, {Port: 1}, {IP: 1}, {IP: 1, Port: 65536}, {IP: 1, Port: -1}} {
		if address, ok := impossible.AddrPort(); ok {
			t.Errorf("%+v is %v", impossible, address)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, v := range readVectors(f) {
		frame, _ := hex.DecodeString(v.Frame)
		f.Add(frame[HeaderBytes:])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, message := range []Message{&GetHostRequest{}, &GetHostResponse{}, &ReportRequest{}, &GetRouteRequest{}, &GetRouteResponse{}} {
			if message.Unmarshal(body) != nil {
				continue
			}
			again := reflect.New(reflect.TypeOf(message).Elem()).Interface().(Message)
			if err := again.Unmarshal(message.AppendTo(nil)); err != nil || !reflect.DeepEqual(again, message) {
				t.Errorf("%+v came back as %+v, %v", message, again, err)
			}
		}
	})
}
