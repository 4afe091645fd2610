package auth_test

import (
	"context"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

func ExampleVerifier_Verify() {
	secret := []byte("at least thirty-two bytes of secret")

	token, err := auth.Mint(secret, auth.User{ID: "asha", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	if err != nil {
		fmt.Println(err)

		return
	}

	verifier, err := auth.NewSecretVerifier(secret, nil)
	if err != nil {
		fmt.Println(err)

		return
	}

	user, err := verifier.Verify(context.Background(), token)
	fmt.Println(user.ID, user.Role, user.SeesAll(), err)
	// Output: asha admin false <nil>
}
