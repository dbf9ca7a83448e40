package lars_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/lars"
)

func ExampleClient_Call() {
	client, err := lars.Open()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err = client.Call(ctx, 1, 1, func(ctx context.Context, host lars.Host) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", host.String())
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = io.WriteString(conn, "hello\n")
		return err
	})
	if errors.Is(err, lars.ErrNoRoute) {
		fmt.Println("there is no route (1, 1)")
	}
}

func ExampleTransport() {
	client, err := lars.Open()
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.RegisterProtocol("lars", &lars.Transport{Client: client})
	web := &http.Client{Transport: transport}
	response, err := web.Get("lars://1.1/items?id=7")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(log.Writer(), response.Body)
}
