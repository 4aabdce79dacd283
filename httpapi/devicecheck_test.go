package httpapi

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

func TestDeviceCheckOnTheWire(t *testing.T) {
	err := fmt.Errorf("step: %w", &user.DeviceCheckError{UID: "u", Challenge: "c"})
	for _, real := range []bool{false, true} {
		a, logged := serving(t, Options{RealStatus: real}, failing(err))
		code := map[bool]int{false: 400, true: 403}[real]
		wantAnswer(t, do(a, "GET", "/v1/fail", ""), code, `{"status":110,"msg":"需要验证手机号码！","uid":"u","phone":"","challenge":"c"}`)
		r := httptest.NewRequest("GET", "/v1/fail", nil)
		r.Header.Set("Accept-Language", "en")
		wantAnswer(t, record(a, r), code, `{"status":110,"msg":"the phone number must be verified","uid":"u","phone":"","challenge":"c"}`)
		if logged.Len() > 0 {
			t.Errorf("logged %s", logged)
		}
	}
}
