package wire

import (
	"encoding/hex"
	"reflect"
	"testing"
)

var instance = []byte{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}

func TestRegistrationsHaveTheBytesOfTheOtherClients(t *testing.T) {
	request := RegisterRequest{
		Seq: 1, Instance: instance, Routes: []RouteKey{{1, 2}, {3, 0}}, Port: 80,
		IP: 0x0a00_0001, Weight: 5, Zone: "z", TTLMS: 1000, Check: CheckHTTP,
		Path: "/h", PID: 7, DrainMS: 3, Version: "v", Tags: []string{"a", "b"},
		NotReady: true,
	}
	want := "0801" + "1210" + hex.EncodeToString(instance) + "1a0408011002" + "1a020803" +
		"2050" + "2881808050" + "3005" + "3a017a" + "40e807" + "4802" + "52022f68" +
		"5807" + "6003" + "6a0176" + "720161" + "720162" + "7801"
	if got := hex.EncodeToString(request.AppendTo(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRegistrationsComeBackAsTheyWereEncoded(t *testing.T) {
	messages := []Message{
		&RegisterRequest{
			Seq: 1<<32 - 1, Instance: instance, Routes: []RouteKey{{1<<31 - 1, 0}}, Port: 65_535,
			IP: -1, Weight: 1, Zone: "z", TTLMS: 2, Check: CheckPID, Path: "/", PID: 4,
			DrainMS: 5, Version: "v", Tags: []string{"t"}, NotReady: true,
		},
		&InstanceStatus{1, instance, Served, "é", 3},
		&InstanceRequest{1, instance, 1<<32 - 1},
		&Deregistered{1, instance, true, 7},
	}
	for _, message := range messages {
		body := message.AppendTo(nil)
		again := reflect.New(reflect.TypeOf(message).Elem()).Interface().(Message)
		if err := again.Unmarshal(body); err != nil || !reflect.DeepEqual(again, message) {
			t.Errorf("%T: %v, %+v", message, err, again)
		}
		for size := range body {
			// Cut anywhere it is a shorter message, or none.
			_ = again.Unmarshal(body[:size])
		}
	}
}
