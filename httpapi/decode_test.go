package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// sample is a body with everything bodies of the contract have.
type sample struct {
	UID     string          `path:"uid" json:"-"`
	Name    string          `json:"name"`
	Limit   intString       `json:"limit"`
	Top     *flag01         `json:"top"`
	Amount  int64           `json:"amount"`
	Device  device          `json:"device"`
	Devices []device        `json:"devices"`
	Members []string        `json:"members"`
	Payload json.RawMessage `json:"payload"`
}

type device struct {
	ID string `json:"device_id"`
}

var samplePlan = newPlan(reflect.TypeFor[sample]())

func nested(n int) string {
	return `{"payload":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
}

var refused = map[string]string{
	"null":                     `null`,
	"an array":                 `[]`,
	"a string":                 `"a"`,
	"a number":                 `1`,
	"no JSON":                  `{`,
	"unfinished string":        `{"name`,
	"unfinished escape":        `{"name":"\`,
	"unfinished unicode":       `{"name":"\u00`,
	"bad unicode":              `{"name":"\uzzzz"}`,
	"signed unicode":           `{"name":"\u+041"}`,
	"too many ends":            `{}}`,
	"mixed ends":               `{"payload":[}]`,
	"trailing data":            `{} {}`,
	"trailing word":            `{"name":"a"}x`,
	"byte order mark":          "\ufeff{}",
	"comment":                  `{} // a`,
	"raw NUL":                  "{\"name\":\"a\x00\"}",
	"trailing NUL":             "{}\x00",
	"escaped NUL":              `{"name":"a\u0000"}`,
	"escaped NUL in a key":     `{"\u0000":1}`,
	"escaped NUL unknown key":  `{"other":["\u0000"]}`,
	"invalid UTF-8":            "{\"name\":\"\xff\"}",
	"surrogate as UTF-8":       "{\"name\":\"\xed\xa0\x80\"}",
	"lone high surrogate":      `{"name":"\ud800"}`,
	"high surrogate and text":  `{"name":"\ud800x"}`,
	"two high surrogates":      `{"name":"\ud800\ud800"}`,
	"lone low surrogate":       `{"name":"\udc00"}`,
	"surrogate in a key":       `{"a\udfff":1}`,
	"33 levels":                nested(maxDepth + 1),
	"a million levels":         strings.Repeat(`{"a":`, 1e6),
	"key twice":                `{"name":"a","name":"b"}`,
	"key twice by escape":      `{"name":"a","n\u0061me":"b"}`,
	"key in two cases":         `{"other":1,"Other":2}`,
	"key twice inside":         `{"device":{"x":1,"x":1}}`,
	"key twice deep":           `{"other":[{"a":[{"b":1,"B":2}]}]}`,
	"key twice after a child":  `{"a":{"x":1},"b":[],"A":2}`,
	"amount overridden":        `{"amount":1,"Amount":999}`,
	"keys by Unicode case":     `{"straße":1,"STRAßE":1}`,
	"Kelvin and k":             "{\"k\":1,\"\u212a\":2}",
	"known key in other case":  `{"Amount":999}`,
	"known key by escape":      `{"\u0041mount":999}`,
	"known key, long s":        "{\"device\":{},\"member\u017f\":[]}",
	"inner key in other case":  `{"device":{"Device_ID":"a"}}`,
	"listed key in other case": `{"devices":[{"device_id":"a"},{"device_iD":"a"}]}`,
	"number for text":          `{"name":1}`,
	"text for number":          `{"amount":"1"}`,
	"fraction":                 `{"amount":1.5}`,
	"exponent":                 `{"amount":1e3}`,
	"overflow":                 `{"amount":9223372036854775808}`,
	"object for list":          `{"members":{}}`,
	"number in list":           `{"members":["a",1]}`,
	"list for object":          `{"device":[]}`,
	"true for flag":            `{"top":true}`,
	"2 for flag":               `{"top":2}`,
}

func TestStrictDecodingRefuses(t *testing.T) {
	for name, text := range refused {
		t.Run(name, func(t *testing.T) {
			var in sample
			err := samplePlan.body.decode([]byte(text), &in)
			if !errors.Is(err, errBody) || errs.KindOf(err) != errs.Invalid {
				t.Errorf("%.100q: %v, decoded %+v", text, err, in)
			}
		})
	}
}

func TestDecodingAccepts(t *testing.T) {
	on := flag01(true)
	tests := map[string]struct {
		text string
		want sample
	}{
		"nothing":           {"", sample{}},
		"white space":       {" \r\n", sample{}},
		"an empty object":   {" {} \n", sample{}},
		"unknown keys":      {`{"other":1,"UID":"x","json":"y","":2}`, sample{}},
		"every field":       {`{"name":"a","limit":"5","top":1,"amount":-2,"members":["x","x"]}`, sample{Name: "a", Limit: 5, Top: &on, Amount: -2, Members: []string{"x", "x"}}},
		"null":              {`{"name":null,"limit":null,"top":null,"members":null}`, sample{}},
		"same key apart":    {`{"name":"a","device":{"device_id":"d"},"devices":[{"device_id":"e"},{"device_id":"f"}]}`, sample{Name: "a", Device: device{"d"}, Devices: []device{{"e"}, {"f"}}}},
		"free-form payload": {`{"payload":{"Name":1,"AMOUNT":2}}`, sample{Payload: json.RawMessage(`{"Name":1,"AMOUNT":2}`)}},
		"surrogate pair":    {`{"name":"\ud83d\ude00\u00e9\n\""}`, sample{Name: "😀é\n\""}},
		"escaped backslash": {`{"name":"\\u0000\\ud800"}`, sample{Name: `\u0000\ud800`}},
		"escaped key":       {`{"n\u0061me":"a"}`, sample{Name: "a"}},
		"syntax in text":    {`{"name":"{[,:\"}]","other":"a:{\"name\":1}"}`, sample{Name: `{[,:"}]`}},
		"unknown sibling":   {`{"device":{"device_id":"d"},"other":{"Device_ID":1}}`, sample{Device: device{"d"}}},
		"32 levels":         {nested(maxDepth), sample{Payload: json.RawMessage(nested(maxDepth)[11 : len(nested(maxDepth))-1])}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got sample
			if err := samplePlan.body.decode([]byte(tt.text), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// ownKeys decodes itself, so its keys are its own affair.
type ownKeys struct {
	A int `json:"a"`
}

func (o *ownKeys) UnmarshalJSON([]byte) error {
	o.A = 1
	return nil
}

func TestKeysOfTypesThatDecodeThemselves(t *testing.T) {
	var in struct {
		Own ownKeys `json:"own"`
	}
	err := newPlan(reflect.TypeOf(in)).body.decode([]byte(`{"own":{"A":5}}`), &in)
	if err != nil || in.Own.A != 1 {
		t.Errorf("%+v, %v", in, err)
	}
}

// FuzzDecode: a body is refused as errBody, or says the same to encoding/json,
// which then finds no key twice and no key in another case.
func FuzzDecode(f *testing.F) {
	for _, text := range refused {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(`{"name":"\ud83d\ude00","limit":"7","top":0,"devices":[{"device_id":"x"}],"payload":{"a":[1,{}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, again sample
		err := samplePlan.body.decode(text, &got)
		if err != nil {
			if !errors.Is(err, errBody) || errs.KindOf(err) != errs.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if strings.TrimLeft(string(text), " \t\r\n") == "" {
			return
		}
		if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("decoded %+v, the standard library %+v, %v", got, again, err)
		}
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(text, &keys); err != nil {
			t.Fatal(err)
		}
		for k := range keys {
			if strings.EqualFold(k, "amount") && k != "amount" {
				t.Fatalf("accepted key %q", k)
			}
		}
		if strings.Contains(got.Name, "\x00") {
			t.Fatalf("accepted name %q", got.Name)
		}
		if strings.Contains(got.Name, "\ufffd") && !saysReplacement(text) {
			t.Fatalf("half a character became %q", got.Name)
		}
	})
}

// saysReplacement reports whether text itself names U+FFFD.
func saysReplacement(text []byte) bool {
	return bytes.Contains(text, []byte("\ufffd")) || bytes.Contains(bytes.ToLower(text), []byte(`\ufffd`))
}

// FuzzFold: two keys fold alike exactly when encoding/json takes them for one.
func FuzzFold(f *testing.F) {
	f.Add("Kelvin", "\u212aelvin")
	f.Add("\u017f", "S")
	f.Add("ß", "\u1e9e")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, want := fold(a) == fold(b), strings.EqualFold(a, b); got != want {
			t.Errorf("%q and %q: %t, want %t", a, b, got, want)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := []byte(`{"name":"小明","limit":"100","top":1,"amount":500,"device":{"device_id":"0123456789abcdef"},"members":["a","b"]}`)
	b.Run("strict", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in sample
			if err := samplePlan.body.decode(text, &in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var in sample
			if err := json.Unmarshal(text, &in); err != nil {
				b.Fatal(err)
			}
		}
	})
}
