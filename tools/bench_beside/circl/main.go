// Processor time of circl's VOPRF (RFC 9497, ristretto255, verifiable) for the intersection of two sets of identifiers, one
// direction: the client learns it. The server computes the function of its own set, the client of its own set with the
// server's help and proofs, in batches as large as the product's.
//
// usage: circl   identifiers of both sides on stdin, JSON {"server": [...], "client": [...]}
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"github.com/cloudflare/circl/oprf"
)

const batch = 30836

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func seconds() float64 {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}

func main() {
	var sets struct{ Server, Client []string }
	must(json.NewDecoder(os.Stdin).Decode(&sets))
	began := seconds()
	suite := oprf.SuiteRistretto255
	key, err := oprf.GenerateKey(suite, rand.Reader)
	must(err)
	server := oprf.NewVerifiableServer(suite, key)
	client := oprf.NewVerifiableClient(suite, key.Public())
	known := map[string]bool{}
	for _, each := range sets.Server {
		output, err := server.FullEvaluate([]byte(each))
		must(err)
		known[string(output)] = true
	}
	found := 0
	for from := 0; from < len(sets.Client); from += batch {
		var inputs [][]byte
		for i := from; i < len(sets.Client) && i < from+batch; i++ {
			inputs = append(inputs, []byte(sets.Client[i]))
		}
		data, request, err := client.Blind(inputs)
		must(err)
		evaluation, err := server.Evaluate(request)
		must(err)
		outputs, err := client.Finalize(data, evaluation)
		must(err)
		for _, output := range outputs {
			if known[string(output)] {
				found++
			}
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"cpu": seconds() - began, "found": found}))
}
